package org.zeuxis.models.flamingo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.models.ImageToText;
import org.zeuxis.models.TextRequest;
import org.zeuxis.models.clip.Clip;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ModifiedResNet;
import org.zeuxis.models.lm.BeamSearch;
import org.zeuxis.models.lm.Choice;
import org.zeuxis.models.lm.Generation;
import org.zeuxis.models.lm.Reading;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** Whole folders against OpenFlamingo and transformers' IDEFICS, opened as a user opens them. */
class FlamingoFolderTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @TempDir
    Path copy;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tiny-open-flamingo-mpt",
                "tiny-open-flamingo-gpt-neox",
                "tiny-idefics-resampled",
                "tiny-idefics-instruct"
            })
    void scoresAndWordsAreThoseOfTheReference(String name) throws IOException {
        try (Golden golden = Golden.open(name + ".safetensors");
                FlamingoFolder folder = open(name);
                Gradients off = Gradients.off()) {
            Tensor ids = golden.tensor("in.ids");
            Tensor visual = folder.model().see(golden.tensor("in.pixels"));
            golden.check("out.visual", visual, 1e-4);
            golden.check("out.logits", folder.model().forward(ids, visual.unsqueeze(0)), 1e-4);
            try (Reading reading = folder.model().reading(visual, 64)) {
                assertThat(Generation.write(reading, ints(ids), 8, -1, Choice.GREEDY, t -> true))
                        .containsExactly(ints(golden.tensor("out.greedy")));
            }
            String text = folder.dialect() == Dialect.OPEN_FLAMINGO
                    ? golden.metadata().get("text")
                    : "<s>" + golden.metadata().get("text");
            assertThat(folder.tokenizer().tokens(text)).containsExactly(ints(ids));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tiny-open-flamingo-mpt",
                "tiny-open-flamingo-gpt-neox",
                "tiny-idefics-resampled",
                "tiny-idefics-instruct"
            })
    void aQuestionAboutPicturesIsAnsweredAlike(String name) throws IOException {
        try (Golden golden = Golden.open(name + ".safetensors");
                ImageToText model =
                        Models.standard().open(GOLDEN.resolve(name).toString(), ImageToText.class, DType.FLOAT32)) {
            List<String> words = new ArrayList<>();
            TextRequest request =
                    new TextRequest(images(golden), golden.metadata().get("question"), 12);
            assertThat(model.answer(request, words::add))
                    .isEqualTo(golden.metadata().get("answer"));
            assertThat(String.join("", words).strip())
                    .isEqualTo(golden.metadata().get("answer"));
            assertThat(model.name()).isEqualTo(name);
        }
    }

    /** Whatever the pictures are, and what the language model writes by itself after the same tokens. */
    @ParameterizedTest
    @ValueSource(strings = {"tiny-open-flamingo-gpt-neox", "tiny-idefics-resampled"})
    void whatIsUnseenIsWrittenByTheLanguageModelAlone(String name) throws IOException {
        try (Golden golden = Golden.open(name + ".safetensors");
                FlamingoFolder folder = open(name)) {
            List<Image> pictures = images(golden);
            Prompt prompt = folder.dialect().asking(pictures, "what is this?");
            String said = folder.unseen(List.of(prompt), 7).get(0);
            int[] ids = folder.tokenizer().tokens(folder.dialect().written(prompt.text()));
            int[] begun = folder.tokenizer().start();
            int[] all = Arrays.copyOf(begun, begun.length + ids.length);
            System.arraycopy(ids, 0, all, begun.length, ids.length);
            int[] alone = Generation.write(folder.model().language(), all, 7, -1, Choice.GREEDY, t -> true);
            assertThat(folder.tokenizer().decode(alone).strip()).isEqualTo(said).isNotEmpty();
            List<Image> black = pictures.stream()
                    .map(p -> new Image(p.width(), p.height(), 3, new byte[p.width() * p.height() * 3]))
                    .toList();
            assertThat(folder.unseen(List.of(folder.dialect().asking(black, "what is this?")), 7))
                    .containsExactly(said);
            assertThatThrownBy(() -> folder.unseen(List.of(prompt), 0))
                    .hasMessageContaining("expected room for at least 1 token, got 0");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "tiny-open-flamingo-gpt-neox, BFLOAT16, 0.1", "tiny-idefics-resampled, BFLOAT16, 0.1",
        "tiny-open-flamingo-gpt-neox, INT8, 0.1", "tiny-idefics-resampled, INT8, 0.1",
        "tiny-open-flamingo-gpt-neox, INT4, 0.3", "tiny-idefics-resampled, INT4, 0.3"
    })
    void inFewerBitsTheScoresAreNearlyThose(String name, DType type, double near) throws IOException {
        try (Golden golden = Golden.open(name + ".safetensors");
                FlamingoFolder folder =
                        Models.standard().open(GOLDEN.resolve(name).toString(), FlamingoFolder.class, type);
                Gradients off = Gradients.off()) {
            Tensor visual = folder.model().see(golden.tensor("in.pixels"));
            Tensor expected = golden.tensor("out.logits");
            Tensor logits = folder.model()
                    .forward(golden.tensor("in.ids"), visual.unsqueeze(0))
                    .to(DType.FLOAT32);
            double largest = expected.abs().max();
            assertThat(logits.maxDifference(expected)).isLessThan(near * largest);
            assertThat(folder.answer(TextRequest.describe(images(golden).get(0))))
                    .isNotNull();
        }
    }

    @Test
    void answersAreRankedByTheirLikelihood() throws IOException {
        try (Golden golden = Golden.open("tiny-open-flamingo-mpt.safetensors");
                FlamingoFolder folder = open("tiny-open-flamingo-mpt");
                Gradients off = Gradients.off()) {
            Prompt prompt = folder.dialect().asking(images(golden), "");
            List<String> answers = List.of("a cat", "red", "two birds");
            List<FlamingoFolder.Ranked> ranked = folder.rank(prompt, answers);
            assertThat(ranked).extracting(FlamingoFolder.Ranked::answer).containsExactlyInAnyOrderElementsOf(answers);
            assertThat(ranked).isSortedAccordingTo((a, b) -> Double.compare(b.score(), a.score()));
            Tensor visual = folder.model().see(golden.tensor("in.pixels")).unsqueeze(0);
            int[] asked = folder.tokenizer().tokens(prompt.text());
            for (FlamingoFolder.Ranked one : ranked) {
                int[] its = folder.tokenizer().tokens(one.answer());
                int[] all = Arrays.copyOf(asked, asked.length + its.length);
                System.arraycopy(its, 0, all, asked.length, its.length);
                Tensor ids = Tensor.of(Arrays.stream(all).asLongStream().toArray(), 1, all.length);
                Tensor likely =
                        folder.model().forward(ids, visual).logSoftmax(-1).squeeze(0);
                double sum = 0;
                for (int i = 0; i < its.length; i++) {
                    sum += likely.select(0, asked.length - 1 + i)
                            .select(0, its[i])
                            .item();
                }
                assertThat(one.score()).isCloseTo(sum / its.length, offset(1e-4));
            }
            assertThatThrownBy(() -> folder.rank(prompt, List.of())).hasMessageContaining("at least 1 answer");
            assertThatThrownBy(() -> folder.rank(prompt, List.of("a", ""))).hasMessageContaining("got an empty one");
        }
    }

    @Test
    void examplesLikeThePictureAreChosen() throws IOException {
        try (ClipFolder clip = ClipFolder.load(GOLDEN.resolve("tiny-open-flamingo-mpt/clip"), DType.FLOAT32)) {
            List<Image> examples = List.of(coloured(250, 10), coloured(20, 200), coloured(90, 90));
            SimilarShots shots = new SimilarShots(clip, examples);
            for (int i = 0; i < examples.size(); i++) {
                List<Integer> nearest = shots.nearest(examples.get(i), 2);
                assertThat(nearest).hasSize(2).endsWith(i);
            }
            assertThat(shots.nearest(examples.get(0), 9)).hasSize(3);
        }
    }

    private static Image coloured(int red, int blue) {
        byte[] samples = new byte[192];
        for (int i = 0; i < samples.length; i += 3) {
            samples[i] = (byte) (red - i / 24);
            samples[i + 2] = (byte) blue;
        }
        return new Image(8, 8, 3, samples);
    }

    @Test
    void writingEndsAtAStopAndAlongBeams() throws IOException {
        try (Golden golden = Golden.open("tiny-open-flamingo-gpt-neox.safetensors");
                FlamingoFolder folder = open("tiny-open-flamingo-gpt-neox")) {
            Prompt prompt = folder.dialect()
                    .answered(images(golden).get(0), "", "a red apple")
                    .then(folder.dialect().asking(images(golden).subList(1, 2), ""));
            assertThat(prompt.text()).isEqualTo(golden.metadata().get("text"));
            String whole = folder.write(prompt, 8, List.of(), Choice.GREEDY, w -> {});
            assertThat(whole).hasSizeGreaterThan(3);
            String stop = whole.substring(2, 4);
            List<String> told = new ArrayList<>();
            String cut = folder.write(prompt, 8, List.of(stop), Choice.GREEDY, told::add);
            assertThat(cut).isEqualTo(whole.substring(0, whole.indexOf(stop)).strip());
            assertThat(String.join("", told).strip()).isEqualTo(cut);
            assertThat(folder.write(prompt, 8, BeamSearch.of(3))).isNotEmpty();
            FlamingoFolder.Written full = folder.written(prompt, 8, List.of(), Choice.GREEDY, w -> {});
            assertThat(full)
                    .isEqualTo(new FlamingoFolder.Written(
                            whole, folder.tokenizer().tokens(prompt.text()).length, 8, false));
            assertThat(folder.written(prompt, 8, List.of(stop), Choice.GREEDY, w -> {})
                            .whole())
                    .isTrue();
            assertThatThrownBy(() -> folder.written(prompt, 0, List.of(), Choice.GREEDY, w -> {}))
                    .hasMessage("expected room for at least 1 token, got 0");
        }
    }

    @Test
    void whatCannotBeAskedIsRefused() throws IOException {
        Image picture = new Image(8, 8, 3, new byte[192]);
        assertThatThrownBy(() -> Prompt.of("<image>what", List.of(picture, picture)))
                .hasMessage(
                        "expected one <image> in the text for each picture, got 1 of them and 2 pictures; write it where"
                                + " each is shown");
        assertThatThrownBy(() -> Prompt.of("<image><image>", List.of(picture)))
                .hasMessageContaining("got 2 of them and 1 pictures; give a picture for each");
        assertThatThrownBy(() -> new Prompt("<image>", List.of(List.of())))
                .hasMessageContaining("at least 1 frame of each video, got one of none");
        try (FlamingoFolder folder = open("tiny-open-flamingo-mpt")) {
            assertThatThrownBy(() -> folder.answer(TextRequest.ask(picture, "why ".repeat(5000))))
                    .hasMessageContaining("expected a prompt of fewer than 64 tokens, got")
                    .hasMessageContaining("ask more briefly");
            assertThatThrownBy(() ->
                            folder.write(Prompt.of("no picture", List.of()), 3, List.of(), Choice.GREEDY, w -> {}))
                    .hasMessageContaining("expected at least 1 picture to speak of");
            assertThatThrownBy(() -> folder.write(
                            new Prompt("<image>", List.of(List.of(picture, picture))),
                            3,
                            List.of(),
                            Choice.GREEDY,
                            w -> {}))
                    .hasMessageContaining("expected a single frame");
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> folder.answer(TextRequest.describe(picture)))
                    .isInstanceOf(CancellationException.class);
            folder.close();
            assertThatThrownBy(() -> folder.answer(TextRequest.describe(picture)))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tiny-open-flamingo-mpt|open_flamingo.json|cross_attn_every_n_layers|2|gated_cross_attn_layers.0",
                "tiny-open-flamingo-mpt|open_flamingo.json|lang_encoder_path|\"../else\"|expected a name within the folder",
                "tiny-open-flamingo-mpt|open_flamingo.json|lang_encoder_path||expected the key lang_encoder_path",
                "tiny-open-flamingo-mpt|open_flamingo.json|heads|4|heads",
                "tiny-open-flamingo-mpt|language-model/config.json|model_type|\"mamba\"|mamba",
                "tiny-open-flamingo-mpt|language-model/tokenizer.json|added_tokens|[{\"id\":5000,\"content\":\"x9\"}]|at most the",
                "tiny-idefics-resampled|tokenizer.json|added_tokens|[]|without it; take the tokenizer of this very model",
                "tiny-idefics-resampled|config.json|cross_layer_interval|1|checkpoint lacks",
                "tiny-idefics-resampled|config.json|alpha_type|\"matrix\"|alpha_type",
                "tiny-idefics-resampled|config.json|cross_layer_activation_function|\"gelu\"|cross_layer_activation_function",
                "tiny-idefics-resampled|config.json|qk_layer_norms|false|q_norm",
                "tiny-idefics-resampled|config.json|vision_config/layer_norm_eps|0.1|layer_norm_eps",
                "tiny-idefics-resampled|config.json|perceiver_config/resampler_depth|1|perceiver.layers.1",
                "tiny-idefics-resampled|config.json|added|1|added",
                "tiny-idefics-resampled|preprocessor_config.json|do_resize|false|do_resize",
                "tiny-idefics-resampled|preprocessor_config.json|image_size|9|image_size"
            })
    void foldersThatDoNotFitAreRefusedByName(String name, String file, String key, String value, String named)
            throws IOException {
        FolderCopy.of(GOLDEN.resolve(name), copy);
        FolderCopy.set(copy.resolve(file), key, value == null ? "" : value);
        assertThatThrownBy(() -> FlamingoFolder.load(copy, DType.FLOAT32)).hasMessageContaining(named);
    }

    @Test
    void aResNetOfAnotherWidthIsRefused() throws IOException {
        FolderCopy.of(GOLDEN.resolve("tiny-open-flamingo-mpt"), copy);
        try (ClipFolder transformer = ClipFolder.load(copy.resolve("clip"), DType.FLOAT32)) {
            Clip.Config c = transformer.clip().config();
            ModifiedResNet.Config eyes = new ModifiedResNet.Config(32, List.of(1, 1, 1, 1), 4, 4);
            Clip clip = Initialization.seeded(Seed.of(1), () -> new Clip(new Clip.Config(c.text(), eyes, c.width())));
            try (ClipFolder resNet = new ClipFolder(clip, transformer.tokenizer())) {
                resNet.save(copy.resolve("resnet"));
            }
        }
        FolderCopy.set(copy.resolve("open_flamingo.json"), "clip_vision_encoder_path", "\"resnet\"");
        assertThatThrownBy(() -> FlamingoFolder.load(copy, DType.FLOAT32)).hasMessageContaining("perceiver.latents");
    }

    @Test
    void aCutCheckpointIsRefused() throws IOException {
        FolderCopy.of(GOLDEN.resolve("tiny-open-flamingo-mpt"), copy);
        Path checkpoint = copy.resolve("checkpoint.pt");
        byte[] whole = Files.readAllBytes(checkpoint);
        Files.write(checkpoint, Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> FlamingoFolder.load(copy, DType.FLOAT32))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("checkpoint.pt: expected an archive of torch.save");
    }

    private static FlamingoFolder open(String name) throws IOException {
        return Models.standard().open(GOLDEN.resolve(name).toString(), FlamingoFolder.class, DType.FLOAT32);
    }

    private static List<Image> images(Golden golden) {
        long[] samples = golden.tensor("in.images").toLongs();
        List<Image> all = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            byte[] bytes = new byte[192];
            for (int j = 0; j < bytes.length; j++) bytes[j] = (byte) samples[i * 192 + j];
            all.add(new Image(8, 8, 3, bytes));
        }
        return all;
    }

    private static int[] ints(Tensor x) {
        return Arrays.stream(x.toLongs()).mapToInt(Math::toIntExact).toArray();
    }
}

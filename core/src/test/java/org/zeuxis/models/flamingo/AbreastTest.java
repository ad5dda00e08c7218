package org.zeuxis.models.flamingo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.models.lm.BeamSearch;
import org.zeuxis.models.lm.Choice;
import org.zeuxis.models.lm.Reading;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/** Prompts of different lengths about different numbers of pictures at once, against each by itself. */
class AbreastTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    private static Image picture(int seed) {
        byte[] samples = new byte[192];
        new Random(seed).nextBytes(samples);
        return new Image(8, 8, 3, samples);
    }

    private static List<Prompt> prompts(FlamingoFolder folder) {
        Dialect dialect = folder.dialect();
        Prompt shots = dialect.answered(picture(1), "", "a cat")
                .then(dialect.answered(picture(2), "", "a dog"))
                .then(dialect.asking(List.of(picture(3)), ""));
        return List.of(
                dialect.asking(List.of(picture(4)), "what?"),
                shots,
                dialect.asking(List.of(picture(5), picture(6)), "both?"),
                dialect.asking(List.of(picture(7)), ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tiny-open-flamingo-mpt",
                "tiny-open-flamingo-gpt-neox",
                "tiny-idefics-resampled",
                "tiny-idefics-instruct"
            })
    void answersAreThoseOfEachAlone(String name) throws IOException {
        try (FlamingoFolder folder = open(name)) {
            List<Prompt> prompts = prompts(folder);
            List<String> seen = new ArrayList<>();
            List<String> unseen = new ArrayList<>();
            for (Prompt prompt : prompts) {
                seen.add(folder.write(prompt, 8, List.of(), Choice.GREEDY, word -> {}));
                unseen.add(folder.unseen(prompt, 8));
            }
            assertThat(seen.stream().distinct()).hasSizeGreaterThan(1);
            assertThat(folder.writeEach(prompts, 8)).isEqualTo(seen);
            assertThat(folder.unseenEach(prompts, 8)).isEqualTo(unseen);
            assertThat(folder.writeEach(List.of(), 8)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-open-flamingo-mpt", "tiny-idefics-resampled"})
    void beamsFindWhatTheyFindAlone(String name) throws IOException {
        BeamSearch search = BeamSearch.of(3);
        try (FlamingoFolder folder = open(name);
                Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            List<Prompt> prompts = prompts(folder);
            List<Tensor> seen = new ArrayList<>();
            List<int[]> ids = new ArrayList<>();
            List<int[]> alone = new ArrayList<>();
            for (Prompt prompt : prompts) {
                int[] text = folder.tokenizer().tokens(folder.dialect().written(prompt.text()));
                Stream<Tensor> media = prompt.media().stream()
                        .map(frames -> folder.model()
                                .see(folder.preprocessing().apply(frames).unsqueeze(0)));
                seen.add(Tensor.cat(0, media.toList()));
                ids.add(text);
                try (Reading reading = folder.model().reading(seen.get(seen.size() - 1), 64)) {
                    alone.add(search.write(reading, text, 8, folder.tokenizer().endId()));
                }
            }
            assertThat(alone.stream().map(Arrays::toString).distinct()).hasSizeGreaterThan(1);
            int[] lengths = ids.stream().mapToInt(one -> one.length).toArray();
            try (Reading reading = folder.model().reading(seen, lengths, 128)) {
                assertThat(search.write(reading, ids, 8, folder.tokenizer().endId()))
                        .containsExactlyElementsOf(alone);
            }
        }
    }

    private static FlamingoFolder open(String name) throws IOException {
        return Models.standard().open(GOLDEN.resolve(name).toString(), FlamingoFolder.class, DType.FLOAT32);
    }
}

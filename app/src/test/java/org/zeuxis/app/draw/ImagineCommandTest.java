package org.zeuxis.app.draw;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.app.CommandRun;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;

/** {@code zeuxis imagine} with a tiny model of random weights, and with all that it must refuse. */
class ImagineCommandTest {
    @TempDir
    Path folder;

    @Test
    void writesAPictureThatCarriesItsRequestAndSaysWhere() throws IOException {
        Path file = folder.resolve("bird.png");
        CommandRun run = draw("a red bird", file, "--seed", "7");
        assertThat(run).isEqualTo(new CommandRun(0, run.out(), ""));
        assertThat(run.out()).startsWith(file + " (seed 7, ").endsWith(" s)\n");
        Image image = ImageFile.read(file);
        assertThat(List.of(image.width(), image.height())).isEqualTo(List.of(32, 24));
        assertThat(PngText.read(file).entries().get(PngText.PARAMETERS)).contains("a red bird", "Seed: 7", "Steps: 2");
    }

    @Test
    void sameSeedGivesTheSameFile() throws IOException {
        draw("a cat", folder.resolve("a.png"), "--seed", "3");
        draw("a dog", folder.resolve("b.png"), "--seed", "3");
        draw("a cat", folder.resolve("c.png"), "--seed", "3");
        byte[] first = Files.readAllBytes(folder.resolve("a.png"));
        assertThat(Files.readAllBytes(folder.resolve("c.png"))).isEqualTo(first);
        assertThat(Files.readAllBytes(folder.resolve("b.png"))).isNotEqualTo(first);
    }

    @Test
    void whatIsThereIsNotReplacedUnlessAskedFor() throws IOException {
        Path file = folder.resolve("cat-2.png");
        Files.writeString(file, "mine");
        for (String[] more : List.of(new String[] {}, new String[] {"--grid"})) {
            CommandRun run =
                    draw("a cat", more.length == 0 ? folder.resolve("cat.png") : file, with("--count", "3", more));
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err())
                    .hasLineCount(1)
                    .contains("-o " + file + ": already exists; pass --force to replace it, or name another file");
        }
        assertThat(files()).containsExactly("cat-2.png");
        assertThat(file).hasContent("mine");
        assertThat(draw("a cat", folder.resolve("cat.png"), "--count", "3", "--force")
                        .code())
                .isZero();
        assertThat(ImageFile.read(file).width()).isEqualTo(32);
    }

    @Test
    void namesMadeOfThePromptGetANumber() throws IOException {
        draw("a cat", folder);
        draw("a cat", folder);
        assertThat(draw("a cat", folder, "--count", "3").code()).isZero();
        draw("a cat", folder, "--force");
        assertThat(files())
                .containsExactly("a-cat-0-2.png", "a-cat-0-3.png", "a-cat-0.png", "a-cat-1.png", "a-cat-2.png");
    }

    @Test
    void onlyTypesThatModelsComputeInAreTaken() throws IOException {
        CommandRun run = draw("a cat", folder, "--dtype", "float16");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .hasLineCount(1)
                .contains(
                        "--dtype",
                        "expected bfloat16, float32 or, of an Imagen with a T5 or a Flamingo, int8 or int4, got float16");
        CommandRun rounded = draw("a cat", folder, "--dtype", "int8");
        assertThat(rounded.code()).isNotZero();
        assertThat(rounded.err())
                .hasLineCount(1)
                .contains("got int8, in which only a T5 encoder and a language model keep their weights")
                .doesNotContain("Exception");
        assertThat(files()).isEmpty();
    }

    @Test
    void emptyPromptIsRefused() throws IOException {
        for (String nothing : List.of("", " \n")) {
            CommandRun run = draw(nothing, folder);
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err())
                    .hasLineCount(1)
                    .contains("expected a prompt that says what to draw, got an empty one");
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void aPromptWithoutLettersIsNamedPicture() throws IOException {
        assertThat(draw("?!", folder, "--seed", "5").code()).isZero();
        assertThat(files()).containsExactly("picture-5.png");
    }

    @Test
    void longPromptIsReadWhole() throws IOException {
        String prompt = "bird ".repeat(499);
        CommandRun run = draw(prompt + "zebra", folder.resolve("zebra.png"));
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        draw(prompt + "(zebra:1.5)", folder.resolve("weighed.png"));
        draw(prompt + "bird", folder.resolve("bird.png"));
        assertThat(samples("zebra.png")).isNotEqualTo(samples("bird.png")).isNotEqualTo(samples("weighed.png"));
    }

    private byte[] samples(String name) throws IOException {
        return ImageFile.read(folder.resolve(name)).samples();
    }

    @Test
    void whatAModelCannotReadIsSaid() {
        String karlo = Path.of(CommandRun.TINY).resolveSibling("tiny-karlo").toString();
        CommandRun run = CommandRun.of(
                "imagine",
                "bird ".repeat(99) + "zebra",
                "-o",
                folder + "/long.png",
                "--model",
                karlo,
                "--steps",
                "1,prior=1");
        assertThat(run.code()).isZero();
        assertThat(run.err()).hasLineCount(1).contains("longer than the model reads", "zebra");
        assertThat(folder.resolve("long.png")).exists();
    }

    @Test
    void lorasAndLearnedWordsAreDrawnWithAndToldOrRefused() throws IOException {
        Path files = Path.of(CommandRun.TINY).resolveSibling("adapters");
        String lora = files.resolve("kohya.safetensors").toString();
        String word = files.resolve("learned_embeds.bin").toString();
        draw("a <blob>", folder.resolve("plain.png"));
        assertThat(draw("a <blob>", folder.resolve("lora.png"), "--lora", lora + ":0.5")
                        .code())
                .isZero();
        draw("a <blob>", folder.resolve("whole.png"), "--lora", lora);
        draw("a <blob>", folder.resolve("both.png"), "--lora", lora + ":0.5", "--embedding", word);
        assertThat(samples("lora.png"))
                .isNotEqualTo(samples("plain.png"))
                .isNotEqualTo(samples("whole.png"))
                .isNotEqualTo(samples("both.png"));
        String like = folder + "/lora.png";
        CommandRun without =
                CommandRun.of("imagine", "--like", like, "--model", CommandRun.TINY, "-o", folder + "/a.png");
        assertThat(without.code()).isNotZero();
        assertThat(without.err())
                .hasLineCount(1)
                .contains(
                        "was drawn with lora kohya.safetensors:0.5 (", "got nothing put into the model; give it with");
        CommandRun again = CommandRun.of(
                "imagine",
                "--like",
                like,
                "--model",
                CommandRun.TINY,
                "-o",
                folder + "/b.png",
                "--lora",
                lora + ":0.5");
        assertThat(again.err()).isEmpty();
        assertThat(samples("b.png")).isEqualTo(samples("lora.png"));
        CommandRun other = CommandRun.of(
                "imagine", "--like", like, "--model", CommandRun.TINY, "-o", folder + "/c.png", "--lora", lora);
        assertThat(other.code()).isZero();
        assertThat(other.err()).hasLineCount(1).contains("got lora kohya.safetensors (");
        String karlo = Path.of(CommandRun.TINY).resolveSibling("tiny-karlo").toString();
        CommandRun refused =
                CommandRun.of("imagine", "a cat", "--model", karlo, "-o", folder + "/d.png", "--lora", lora);
        assertThat(refused.code()).isNotZero();
        assertThat(refused.err()).hasLineCount(1).contains("expected the folder of a StableDiffusionPipeline");
    }

    @Test
    void layersLeftOutAreDrawnAndToldOrRefused() throws IOException {
        draw("a cat", folder.resolve("cat.png"));
        assertThat(draw("a cat", folder.resolve("skipped.png"), "--clip-skip", "1")
                        .code())
                .isZero();
        assertThat(samples("skipped.png")).isNotEqualTo(samples("cat.png"));
        CommandRun like = CommandRun.of(
                "imagine", "--like", folder + "/skipped.png", "--model", CommandRun.TINY, "-o", folder + "/again.png");
        assertThat(like.code()).isZero();
        assertThat(samples("again.png")).isEqualTo(samples("skipped.png"));
        for (String other : new String[] {"tiny-karlo", "tiny-if"}) {
            String model = Path.of(CommandRun.TINY).resolveSibling(other).toString();
            CommandRun run =
                    CommandRun.of("imagine", "a cat", "--model", model, "-o", folder + "/no.png", "--clip-skip", "1");
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).hasLineCount(1).contains("expected no CLIP skip, as this model");
        }
    }

    @Test
    void severalPicturesAreNumberedAndAGridIsOne() throws IOException {
        assertThat(draw("a cat", folder.resolve("cat.png"), "--count", "3").out())
                .hasLineCount(3);
        assertThat(draw("a cat", folder.resolve("all.png"), "--count", "3", "--grid")
                        .out())
                .hasLineCount(1)
                .contains("seeds 0 to 2");
        assertThat(files()).containsExactly("all.png", "cat-1.png", "cat-2.png", "cat-3.png");
        assertThat(ImageFile.read(folder.resolve("all.png")).width()).isGreaterThan(64);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--steps 0 | expected at least 1 step, got 0",
                "--steps many | expected a number, or one for a stage such as prior=25, got many",
                "--steps 2.5 | --steps: expected a whole number, got 2.5",
                "--steps prior=4 | expected no stage but the main one, as the model has no other, got sampling for 'prior'",
                "--prior none | expected no stage but the main one, as the model has no other, got sampling for 'prior'",
                "--noise-level 5 | expected no noise level, as this model noises no picture that it enlarges, got 5",
                "--noise-level upsampler256=0.5 | --noise-level: expected a timestep such as upsampler256=100, got 0.5",
                "--steps 100000 | --steps: expected 1 to 1000, got 100000",
                "--guidance NaN | expected a guidance of at least 0, got NaN",
                "--guidance -1 | expected a guidance of at least 0, got -1",
                "--size 65x1 | expected width and height in multiples of",
                "--size big | expected a width and height such as 64x64, or 64 for both, got big",
                "--size 0x64 | expected a width and height of 1 to 4096 pixels, got 0x64",
                "--size 99999x99999 | expected a width and height of 1 to 4096 pixels",
                "--sampler euler-ancestrl | --sampler: expected one of ddim",
                "--sampler ddim-karras | expected a sampler whose noise can be spaced, such as dpm++2m-karras, got ddim-karras",
                "--second-pass two | --second-pass: expected a scale such as 2, or with a strength 2:0.4, got two",
                "--second-pass 1 | expected a second pass at a scale above 1 and at most 8, got 1.0",
                "--second-pass 2:7 | expected a second pass with a strength above 0 and at most 1, got 7.0",
                "--sampler lms-carras | many of them also with -karras, -exponential or -beta behind it, got lms-carras",
                "--count 0 | expected a count of at least 1 picture, got 0",
                "--threads 0 | --threads: expected 1 to 1000, got 0",
                "--stps 4 | Unknown option",
                "bird | put several words in quotes",
            })
    void whatIsAskedForWronglyIsSaidInOneLine(String arguments, String message) throws IOException {
        CommandRun run = draw("a cat", folder.resolve("cat.png"), arguments.split(" ", -1));
        assertThat(run.err())
                .hasLineCount(1)
                .startsWith("zeuxis imagine: ")
                .contains(message)
                .endsWith("; see zeuxis imagine --help\n");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void missingModelIsNamed() {
        CommandRun run = CommandRun.of("imagine", "a cat", "--model", "no/such/model", "-o", folder + "/a.png");
        refused(
                run,
                1,
                "--model: expected pictograms, a folder, a file, or org/name of a model of the hub, got no/such/model");
    }

    @Test
    void anotherModelsFolderIsRefused() {
        CommandRun run = CommandRun.of("imagine", "a cat", "--model", TINY_TEXT, "-o", folder + "/a.png");
        refused(
                run,
                1,
                "--model: " + TINY_TEXT
                        + ": expected a Stable Diffusion 1.x or 2.x or an unCLIP pipeline of diffusers or a DeepFloyd IF pipeline of diffusers, got the text tower of a CLIP");
    }

    @Test
    void anotherModelsConfigurationIsRefused() throws IOException {
        Path copy = copyOfTiny();
        Files.copy(Path.of(TINY_TEXT, "config.json"), replaced(copy.resolve("unet/config.json")));
        CommandRun run = CommandRun.of("imagine", "a cat", "--model", copy.toString(), "-o", folder + "/a.png");
        assertThat(run.err()).hasLineCount(1).contains("config.json").doesNotContain("fault in Zeuxis");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void truncatedWeightsAreRefused() throws IOException {
        Path copy = copyOfTiny();
        Path weights = copy.resolve("vae/diffusion_pytorch_model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        Files.write(weights, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        CommandRun run = CommandRun.of("imagine", "a cat", "--model", copy.toString(), "-o", folder + "/a.png");
        refused(run, 1, "cut short");
    }

    @Test
    void missingOutputFolderIsSaidBeforeAnythingIsLoaded() {
        Path missing = folder.resolve("nowhere").resolve("cat.png");
        CommandRun run = CommandRun.of("imagine", "a cat", "--model", "no/such/model", "-o", missing.toString());
        refused(run, 1, "-o " + missing + ": expected the folder " + missing.getParent() + " to exist");
    }

    @Test
    void anotherKindOfPictureFileIsRefused() {
        refused(draw("a cat", folder.resolve("cat.jpg")), 1, "expected a name that ends in .png");
    }

    private static final String TINY_TEXT = CommandRun.TINY + "/text_encoder";

    private void refused(CommandRun run, int code, String message) {
        assertThat(run.err()).hasLineCount(1).startsWith("zeuxis imagine: ").contains(message);
        assertThat(run.code()).isEqualTo(code);
        assertThat(run.out()).isEmpty();
        assertThat(folder.resolve("a.png")).doesNotExist();
    }

    @Test
    void keysThatAreMissingAreCountedAndTheFirstAreNamedInTheLine() throws IOException {
        Path model = copyOfTiny();
        String weights = "diffusion_pytorch_model.safetensors";
        Files.copy(
                model.resolve("vae").resolve(weights),
                replaced(model.resolve("unet").resolve(weights)));
        CommandRun run = draw("a cat", folder.resolve("cat.png"), "--model", model.toString());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .hasLineCount(1)
                .contains("unet" + java.io.File.separator + weights)
                .containsPattern("got \\d+ missing, \\d+ misshapen, \\d+ unknown ones")
                .contains("checkpoint lacks time_embedding.linear_1.weight [32, 8]", "more like this");
    }

    private static CommandRun draw(String prompt, Path output, String... more) {
        String[] common = {
            "imagine", prompt, "-o", output.toString(), "--model", CommandRun.TINY, "--size", "32x24", "--steps", "2"
        };
        // later options would be given twice: what a test says replaces what is common
        List<String> said = List.of(more);
        List<String> all = new java.util.ArrayList<>();
        for (int i = 0; i < common.length; i++) {
            if (i >= 2 && said.contains(common[i])) i++;
            else all.add(common[i]);
        }
        all.addAll(said);
        return CommandRun.of(all.toArray(String[]::new));
    }

    private static String[] with(String option, String value, String... more) {
        List<String> all = new java.util.ArrayList<>(List.of(option, value));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private Path copyOfTiny() throws IOException {
        Path copy = folder.resolve("model");
        Path tiny = Path.of(CommandRun.TINY);
        try (Stream<Path> walk = Files.walk(tiny)) {
            for (Path path : walk.toList())
                Files.copy(path, copy.resolve(tiny.relativize(path).toString()));
        }
        return copy;
    }

    private static Path replaced(Path file) throws IOException {
        Files.delete(file);
        return file;
    }

    private List<String> files() throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.map(path -> String.valueOf(path.getFileName())).sorted().toList();
        }
    }
}

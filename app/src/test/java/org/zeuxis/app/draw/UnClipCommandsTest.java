package org.zeuxis.app.draw;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.app.CommandRun;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;

/** {@code zeuxis imagine}, {@code vary}, {@code blend}, {@code edit} and {@code upscale} with a tiny unCLIP, from its folder. */
class UnClipCommandsTest {
    @TempDir
    Path folder;

    private String model = "";

    @BeforeEach
    void makeFolder() throws IOException {
        model = TinyUnClip.save(folder.resolve("whole"));
        write("a.png", 24, 20);
        write("b.png", 9, 30);
        write("square.png", 16, 16);
        byte[] right = new byte[16 * 16 * 3];
        for (int i = 0; i < right.length; i++) right[i] = (byte) (i / 3 % 16 >= 8 ? 255 : 0);
        ImageFile.write(folder.resolve("mask.png"), new Image(16, 16, 3, right));
        Files.writeString(folder.resolve("no.png"), "no picture");
    }

    private void write(String name, int width, int height) throws IOException {
        byte[] samples = new byte[width * height * 3];
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) (i * 7 / (3 + width % 2));
        ImageFile.write(folder.resolve(name), new Image(width, height, 3, samples));
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    /** @param line words, of which those with an @ are files of the folder */
    private CommandRun run(String line) {
        List<String> words = new ArrayList<>();
        for (String word : line.split(" ", -1)) {
            words.add(word.startsWith("@") ? path(word.substring(1)) : word.replace('_', ' '));
        }
        words.addAll(List.of("--model", model, "--dtype", "float32"));
        return CommandRun.of(words.toArray(String[]::new));
    }

    private void fine(String line) {
        CommandRun run = run(line);
        assertThat(run.err()).as(line).isEmpty();
        assertThat(run.code()).isZero();
    }

    private byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name));
    }

    private String carried(String name) throws IOException {
        return String.valueOf(PngText.read(folder.resolve(name)).entries().get(PngText.REQUEST));
    }

    private Image image(String name) throws IOException {
        return ImageFile.read(folder.resolve(name));
    }

    private static final String STEPS = " --steps 3,prior=4,upsampler32=2 --guidance 3,prior=2";

    @Test
    void imagineTakesEachStageAndEachPriorAndDrawsAgainFromTheFile() throws IOException {
        fine("imagine a_bird -o @one.png --prior diffusion" + STEPS);
        assertThat(image("one.png").width()).isEqualTo(32);
        assertThat(carried("one.png"))
                .contains(
                        "\"prior\":{\"steps\":4,\"guidance\":2.0,\"sampler\":\"diffusion\"}",
                        "\"upsampler32\":{\"steps\":2",
                        "\"steps\":3");
        fine("imagine --like @one.png -o @again.png");
        assertThat(bytes("again.png")).isEqualTo(bytes("one.png"));
        fine("imagine a_bird -o @same.png" + STEPS);
        assertThat(bytes("same.png")).isEqualTo(bytes("one.png"));
        for (String prior : List.of("autoregressive", "none", "glide")) {
            fine("imagine a_bird -o @" + prior + ".png --steps 3 --size 8 --prior " + prior);
            assertThat(image(prior + ".png").width()).isEqualTo(8);
            assertThat(carried(prior + ".png")).contains("\"sampler\":\"" + prior + "\"");
            fine("imagine --like @" + prior + ".png -o @again-" + prior + ".png");
            assertThat(bytes("again-" + prior + ".png")).isEqualTo(bytes(prior + ".png"));
        }
    }

    @Test
    void varyDrawsOthersAndKeepsAsMuchAsIsAskedFor() throws IOException {
        fine("vary @a.png -o @v.png --count 2 --steps 3 --size 8");
        assertThat(bytes("v-1.png")).isNotEqualTo(bytes("v-2.png"));
        assertThat(carried("v-2.png")).contains("\"seed\":1", "\"strength\":1.0", "\"source\":");
        fine("vary @a.png -o @kept.png --keep 0.8 --steps 3 --size 8");
        assertThat(carried("kept.png")).contains("\"strength\":0.2", "\"sampler\":\"ddim\"");
        // what imagine draws of the same, and what it reads
        fine("imagine --like @kept.png --from @a.png -o @again.png");
        assertThat(bytes("again.png")).isEqualTo(bytes("kept.png"));
        fine("vary @a.png -o @all.png --keep 1 --steps 3 --size 8");
        fine("vary @a.png -o @row.png --count 3 --steps 2 --size 8 --grid");
        assertThat(image("row.png").width()).isGreaterThan(image("row.png").height() + 15);
    }

    @Test
    void varyMovesTowardWordsAndDrawsComponents() throws IOException {
        fine("vary @a.png --toward a_cat --from-words a_bird -o @t.png --count 3 --theta 0.3 --steps 3 --size 8");
        fine("vary @a.png -o @plain.png --steps 3 --size 8");
        // the first of a row is the picture itself
        assertThat(image("t-1.png").samples()).isEqualTo(image("plain.png").samples());
        assertThat(image("t-3.png").samples()).isNotEqualTo(image("t-2.png").samples());
        assertThat(carried("t-3.png")).contains("\"made_by\":\"text diff\"", "\"theta\":\"0.3\"", "\"to\":\"a cat\"");
        fine("vary @a.png --toward a_cat --from-words a_bird -o @k.png --keep 1 --steps 3 --size 8");
        assertThat(carried("k.png")).contains("\"made_by\":\"text diff\"", "\"theta\":\"0.4\"", "\"strength\":0.0");

        fine("vary @a.png --components 1,3,5 -o @c.png --steps 3 --size 8 --grid");
        assertThat(carried("c.png")).contains("\"made_by\":\"reconstruction\"", "\"components\":\"1, 3, 5\"");
        CommandRun like = run("imagine --like @t-3.png -o @x.png");
        assertThat(like.code()).isEqualTo(1);
        assertThat(like.err())
                .isEqualTo("zeuxis imagine: --like: expected a picture that was drawn by its request alone, got "
                        + path("t-3.png")
                        + ", a text diff of pictures that it does not carry; make it again of them\n");
    }

    @Test
    void blendGoesFromOneToTheOtherWhateverTheirSizes() throws IOException {
        fine("blend @a.png @b.png -o @w.png --count 3 --steps 3 --size 8");
        fine("vary @a.png -o @first.png --steps 3 --size 8");
        fine("vary @b.png -o @last.png --steps 3 --size 8");
        assertThat(image("w-1.png").samples()).isEqualTo(image("first.png").samples());
        assertThat(image("w-3.png").samples()).isEqualTo(image("last.png").samples());
        assertThat(carried("w-2.png")).contains("\"made_by\":\"blend\"", "\"theta\":\"0.5\"");
    }

    @Test
    void upscaleEnlargesAnyPicture() throws IOException {
        fine("upscale @a.png --to 32 -o @large.png --steps 2");
        assertThat(image("large.png").width()).isEqualTo(32);
        assertThat(image("large.png").height()).isEqualTo(28);
        assertThat(carried("large.png"))
                .contains("\"made_by\":\"upscale\"", "\"upsampler32\":{\"steps\":2", "\"width\":32");
    }

    @Test
    void editDrawsWhereTheMaskIsWhite() throws IOException {
        fine("edit @square.png a_red_bird --mask @mask.png -o @e.png --count 2 --steps 3 --size 8");
        assertThat(bytes("e-1.png")).isNotEqualTo(bytes("e-2.png"));
        assertThat(carried("e-1.png")).contains("\"mask\":", "\"prior\":{\"sampler\":\"glide\"}", "a red bird");
        fine("imagine --like @e-1.png --from @square.png --mask @mask.png -o @again.png");
        assertThat(bytes("again.png")).isEqualTo(bytes("e-1.png"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "upscale @a.png --to 100 | 2 | expected to enlarge to 32 pixels, got 100",
                "upscale @a.png | 2 | expected the pixels of the longer side, --to, got none",
                "upscale @a.png --to 32 --noise 3 | 2 | expected no noise level, which an unCLIP's upsamplers are not told, got 3",
                "upscale @a.png --to 32 --prompt a_cat | 2 | expected no prompt, which an unCLIP's upsamplers do not read, got a cat",
                "upscale @a.png --to 32 --negative a_cat | 2 | expected no prompt, which an unCLIP's upsamplers do not read, got a cat",
                "vary @no.png | 1 | @no.png: expected",
                "vary @nothing.png | 1 | @nothing.png: expected a picture, but there is no such file",
                "blend @a.png @no.png | 1 | @no.png: expected",
                "edit @no.png a_bird --mask @mask.png | 1 | @no.png: expected",
                "edit @square.png a_bird --mask @no.png | 1 | @no.png: expected",
                "edit @square.png a_bird --mask @a.png | 2 | expected a mask of the picture's size, 16x16, got one of 24x20",
                "edit @a.png a_bird --mask @a.png --steps 2 | 2 | expected a square picture to edit, as this model draws",
                "edit @square.png _ --mask @mask.png | 2 | expected a prompt that says what to draw, got an empty one",
                "vary @a.png --keep 2 | 2 | --keep: expected 0 to 1, got 2.0",
                "vary @a.png --keep 0.5 --guidance 3 | 2 | expected neither sampler nor guidance where a picture is kept",
                "vary @a.png --count 0 | 2 | --count: expected 1 to 1000 pictures, got 0",
                "vary @a.png --toward a_cat | 2 | --toward: expected words for what the picture shows, got none; give them",
                "vary @a.png --toward a_cat --from-words a_cat | 2 | expected words to move towards that differ",
                "vary @a.png --toward a_cat --from-words a_dog --theta 2 | 2 | expected a theta of 0 to 1, got 2.0",
                "vary @a.png --theta 0.2 | 2 | --theta: expected none beside no --toward, got 0.2",
                "vary @a.png --components 9 | 2 | expected 1 to 5 components, got 9",
                "vary @a.png --from-words a_cat | 2 | --from-words: expected none beside no --toward, got a cat",
                "vary @a.png --components 2 --toward a_cat | 2 | --toward: expected none beside --components, got a cat",
                "vary @a.png --components 2 --theta 0.1 | 2 | --theta: expected none beside --components, got 0.1",
                "vary @a.png --components 2 --from-words x | 2 | --from-words: expected none beside --components, got x",
                "vary @a.png --components 2 --count 3 | 2 | --count: expected none beside --components, got 3",
                "vary @a.png --size 100 | 2 | expected a size of [8, 32] pixels on both sides, got 100x100; nearest: 32x32",
                "vary @a.png --steps prior=9 | 2 | expected no sampling of the prior where a picture gives the embedding",
                "blend @a.png @b.png --count 1 | 2 | --count: expected at least 2 pictures, from one to the other, got 1",
                "imagine a_bird --prior euler | 2 | expected a prior of diffusion, autoregressive, none, glide, which this",
                "imagine a_bird --steps upsampler64=2 | 2 | expected a stage of prior, decoder, upsampler32, got sampling for",
                "imagine a_bird --size 64 | 2 | expected a size of [8, 32] pixels on both sides, got 64x64; nearest: 32x32",
            })
    void whatIsAskedForWronglyIsSaidInOneLine(String line, int code, String message) throws IOException {
        CommandRun run = run(line + " -o @x.png");
        String command = line.substring(0, line.indexOf(' '));
        assertThat(run.err())
                .hasLineCount(1)
                .startsWith("zeuxis " + command + ": " + message.replace("@", folder + "/"));
        assertThat(run.code()).isEqualTo(code);
        assertThat(folder.resolve("x.png")).doesNotExist();
    }

    @Test
    void modelsThatLackAPartSaySo() throws IOException {
        String karlo = CommandRun.GOLDEN.resolve("tiny-karlo").toString();
        String pictures = CommandRun.GOLDEN.resolve("tiny-karlo-variations").toString();
        told(
                CommandRun.of("imagine", "a bird", "--model", pictures, "-o", path("x.png")),
                "imagine: expected a model with a prior to draw from words, got one without; draw from a picture, or"
                        + " from the words alone with the prior glide");
        told(
                CommandRun.of("vary", path("a.png"), "--model", karlo, "-o", path("x.png")),
                "vary: expected a model with an image encoder to draw from a picture, got one without");
        told(
                CommandRun.of("vary", path("a.png"), "--components", "2", "--model", pictures, "-o", path("x.png")),
                "vary: expected a model with an autoregressive prior, which holds the principal components");
        told(
                CommandRun.of("vary", path("a.png"), "--model", CommandRun.TINY, "-o", path("x.png")),
                "vary: --model: " + CommandRun.TINY + ": expected an unCLIP pipeline of diffusers, got a Stable"
                        + " Diffusion pipeline");
        Path without = folder.resolve("without");
        copy(Path.of(karlo), without);
        delete(without.resolve("prior"));
        told(
                CommandRun.of("imagine", "a bird", "--model", without.toString(), "-o", path("x.png")),
                "imagine: " + without.resolve("prior") + ": expected a model's folder, got nothing; check the path");
    }

    @Test
    void aPriorOfAnotherWidthIsRefused() throws IOException {
        Path other = folder.resolve("other");
        copy(CommandRun.GOLDEN.resolve("tiny-karlo"), other);
        delete(other.resolve("prior"));
        copy(CommandRun.GOLDEN.resolve("tiny-unclip-prior/prior"), other.resolve("prior"));
        told(
                CommandRun.of("imagine", "a bird", "--model", other.toString(), "-o", path("x.png")),
                "imagine: " + other + ": expected a configuration whose sizes fit one another, but: expected a prior of"
                        + " embeddings as wide as the decoder's text_proj reads, 12, got 16; choose parts of one model");
    }

    private static void told(CommandRun run, String message) {
        assertThat(run.err()).hasLineCount(1).startsWith("zeuxis " + message);
        assertThat(run.code()).isNotZero();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            for (Path each : (Iterable<Path>) all::iterator) Files.delete(each);
        }
        Files.delete(folder);
    }
}

package org.zeuxis.app.draw;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.app.CommandRun;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;

/** {@code zeuxis imagine --like}, {@code --from}, {@code --mask}: pictures drawn again, in whole or in part. */
class ImagineFromPictureTest {
    @TempDir
    Path folder;

    private String source = "";
    private String mask = "";

    @BeforeEach
    void pictures() throws IOException {
        source = folder.resolve("source.png").toString();
        mask = folder.resolve("mask.png").toString();
        byte[] samples = new byte[32 * 24 * 3];
        byte[] right = new byte[samples.length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) (i / 9);
            right[i] = (byte) (i / 3 % 32 >= 16 ? 255 : 0);
        }
        ImageFile.write(Path.of(source), new Image(32, 24, 3, samples));
        ImageFile.write(Path.of(mask), new Image(32, 24, 3, right));
    }

    private CommandRun imagine(String name, String... arguments) {
        List<String> all = new ArrayList<>(List.of("imagine", "-o", path(name)));
        all.addAll(List.of(arguments));
        return CommandRun.of(all.toArray(String[]::new));
    }

    private CommandRun tiny(String name, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--model", CommandRun.TINY));
        all.addAll(List.of(arguments));
        return imagine(name, all.toArray(String[]::new));
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name));
    }

    private String carried(String name) throws IOException {
        return PngText.read(folder.resolve(name)).entries().get(PngText.REQUEST);
    }

    private static void fine(CommandRun run) {
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
    }

    private static void refused(CommandRun run, int code, String message) {
        assertThat(run.err()).hasLineCount(1).startsWith("zeuxis imagine: ").contains(message);
        assertThat(run.code()).isEqualTo(code);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void likeDrawsTheSameFileAgain() throws IOException {
        fine(tiny(
                "a.png",
                "a red bird",
                "--negative",
                "a cube",
                "--seed",
                "7",
                "--steps",
                "3",
                "--guidance",
                "2.5",
                "--sampler",
                "euler-ancestral",
                "--size",
                "32x24"));
        fine(tiny("b.png", "--like", path("a.png")));
        assertThat(bytes("b.png")).isEqualTo(bytes("a.png"));
    }

    @Test
    void aPictureIsDrawnAgainInTheTypeItWasDrawnIn() throws IOException {
        for (String type : List.of("float32", "bfloat16")) {
            fine(tiny("a.png", "a red bird", "--steps", "2", "--size", "32x24", "--dtype", type, "--force"));
            fine(tiny("b.png", "--like", path("a.png"), "--force"));
            assertThat(bytes("b.png")).as(type).isEqualTo(bytes("a.png"));
        }
        fine(tiny("c.png", "--like", path("a.png"), "--dtype", "float32"));
        assertThat(carried("a.png")).contains("bfloat16");
        assertThat(carried("c.png")).doesNotContain("dtype");
    }

    @Test
    void whatIsGivenBesideLikeCounts() throws IOException {
        fine(tiny("a.png", "a red bird", "--steps", "3", "--sampler", "ddim", "--size", "32x24", "--seed", "7"));
        fine(tiny("b.png", "--like", path("a.png"), "--seed", "8", "--sampler", "lms", "--guidance", "1"));
        assertThat(carried("b.png"))
                .contains("\"prompt\":\"a red bird\"", "\"seed\":8", "\"steps\":3", "\"sampler\":\"lms\"");
        fine(tiny(
                "c.png", "a red bird", "--like", path("b.png"), "--seed", "7", "--sampler", "ddim", "--guidance", "5"));
        assertThat(bytes("c.png")).isEqualTo(bytes("a.png"));
        fine(tiny("d.png", "a dog", "--like", path("a.png"), "--size", "24x24", "--negative", "a cat", "--steps", "1"));
        assertThat(carried("d.png"))
                .contains("\"prompt\":\"a dog\"", "\"negative\":\"a cat\"", "\"steps\":1", "\"width\":24");
    }

    @Test
    void aGridIsDrawnAgainAsAGrid() throws IOException {
        fine(tiny("a.png", "a cat", "--steps", "1", "--size", "32x24", "--count", "3", "--grid"));
        fine(tiny("b.png", "--like", path("a.png"), "--grid"));
        assertThat(bytes("b.png")).isEqualTo(bytes("a.png"));
        fine(tiny("c.png", "--like", path("a.png"), "--count", "1"));
        assertThat(ImageFile.read(folder.resolve("c.png")).width()).isEqualTo(32);
    }

    @Test
    void anotherModelIsToldByName() throws IOException {
        fine(tiny("a.png", "a cat", "--steps", "1", "--size", "32x24", "--sampler", "ddim"));
        CommandRun shipped = imagine("b.png", "--like", path("a.png"));
        refused(shipped, 1, "a.png was drawn by the model tiny-stable-diffusion, got latent-diffusion");
        assertThat(shipped.err()).endsWith("; name tiny-stable-diffusion with --model\n");
        CommandRun other = imagine("b.png", "--like", path("a.png"), "--model", CommandRun.TINY + "-2");
        assertThat(other.code()).isZero();
        assertThat(other.err())
                .isEqualTo("zeuxis imagine: " + path("a.png")
                        + " was drawn by the model tiny-stable-diffusion, got tiny-stable-diffusion-2\n");
    }

    @Test
    void whatCarriesNoRequestIsRefused() throws IOException {
        refused(tiny("b.png", "--like", source), 1, "which carries no request; give a prompt instead");
        refused(tiny("b.png", "--like", path("none.png")), 1, "none.png");
        String later = "{\"prompt\": \"a cat\", \"moods\": 3}";
        ImageFile.write(
                folder.resolve("later.png"), ImageFile.read(Path.of(source)), PngText.NONE.with("zeuxis", later));
        refused(tiny("b.png", "--like", path("later.png")), 1, "later.png: expected only known keys, got moods = 3");
        refused(tiny("b.png"), 2, "expected a prompt that says what to draw, in quotes, got none; or --like with");
    }

    @Test
    void aPictureIsDrawnFromAPictureAndAgain() throws IOException {
        String[] from = {"--from", source, "--steps", "4"};
        fine(tiny("a.png", "a red bird", "--from", source, "--strength", "0.5", "--steps", "4"));
        Image drawn = ImageFile.read(folder.resolve("a.png"));
        assertThat(List.of(drawn.width(), drawn.height())).isEqualTo(List.of(32, 24));
        assertThat(PngText.read(folder.resolve("a.png")).entries().get(PngText.PARAMETERS))
                .contains("Denoising strength: 0.5");
        fine(tiny("usual.png", "a red bird", from[0], from[1], from[2], from[3]));
        assertThat(carried("usual.png")).contains("\"strength\":0.75");

        refused(
                tiny("b.png", "--like", path("a.png")),
                2,
                "a.png was drawn from a picture, which it does not carry; give it with --from");
        fine(tiny("b.png", "--like", path("a.png"), "--from", source));
        assertThat(bytes("b.png")).isEqualTo(bytes("a.png"));
        CommandRun another = tiny("c.png", "--like", path("a.png"), "--from", mask);
        assertThat(another.code()).isZero();
        assertThat(another.err())
                .isEqualTo("zeuxis imagine: " + path("a.png") + " was drawn from another picture or mask\n");
        fine(tiny("d.png", "--like", path("a.png"), "--from", source, "--strength", "1", "--size", "48x24"));
        assertThat(carried("d.png")).contains("\"strength\":1.0", "\"width\":48");
    }

    @Test
    void onlyWhereTheMaskIsWhiteIsItRedrawnAndAgain() throws IOException {
        fine(tiny("a.png", "a red bird", "--from", source, "--mask", mask, "--steps", "4"));
        fine(tiny("whole.png", "a red bird", "--from", source, "--steps", "4"));
        assertThat(bytes("a.png")).isNotEqualTo(bytes("whole.png"));
        refused(
                tiny("b.png", "--like", path("a.png"), "--from", source),
                2,
                "a.png was drawn with a mask, which it does not carry; give it with --mask");
        fine(tiny("b.png", "--like", path("a.png"), "--from", source, "--mask", mask));
        assertThat(bytes("b.png")).isEqualTo(bytes("a.png"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--from SOURCE --strength 0 | expected a strength of at least 1/20, to take one of 20 steps, got 0.0",
                "--from SOURCE --strength 1.5 | expected a strength of 0 to 1, got 1.5",
                "--from SOURCE --strength NaN | expected a strength of 0 to 1, got NaN",
                "--from SOURCE --strength 0.01 --steps 20 | expected a strength of at least 1/20, to take one of 20",
                "--strength 0.5 | --strength: expected a picture to draw from, got none; give it with --from",
                "--mask MASK | --mask: expected the picture to redraw too, got none; give it with --from",
                "--from SOURCE --mask SMALL | expected a mask of the picture's size, 32x24, got one of 4x4",
                "--from ODD | expected width and height in multiples of 4 pixels, got 30x23; nearest: 32x24",
            })
    void whatIsAskedForWronglyIsSaidInOneLine(String arguments, String message) throws IOException {
        ImageFile.write(folder.resolve("small.png"), new Image(4, 4, 3, new byte[48]));
        ImageFile.write(folder.resolve("odd.png"), new Image(30, 23, 3, new byte[30 * 23 * 3]));
        String[] given = ("a cat " + arguments).split(" ", -1);
        for (int i = 0; i < given.length; i++) {
            given[i] = switch (given[i]) {
                case "SOURCE" -> source;
                case "MASK" -> mask;
                case "SMALL" -> path("small.png");
                case "ODD" -> path("odd.png");
                default -> given[i];
            };
        }
        List<String> all = new ArrayList<>(List.of(given).subList(2, given.length));
        all.add(0, "a cat");
        refused(tiny("a.png", all.toArray(String[]::new)), 2, message);
        assertThat(folder.resolve("a.png")).doesNotExist();
    }
}

package org.zeuxis.app.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.app.ShellRun;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;

/** {@code zeuxis inspect}: every kind of thing it tells, and files that lie. */
class InspectCommandTest {
    @TempDir
    Path folder;

    /** A name is looked for in the folder of that path, which has none of its own. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void theCurrentFolderIsAModelLikeAnyOther() throws IOException {
        ShellRun run = ShellRun.of(folder, """
                picture=$PWD/picture.png
                cd "$TINY" && zeuxis inspect . && zeuxis imagine cat --model . --steps 1 -o "$picture" || exit 9
                cd unet && zeuxis inspect . && zeuxis inspect .. || exit 9
                """);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains(
                        ".: pipeline folder, a Stable Diffusion pipeline (StableDiffusionPipeline)",
                        ".: model folder, the U-Net of a pipeline (UNet2DConditionModel)",
                        "..: pipe");
    }

    @Test
    void tellsAFileOfTensors() {
        CommandRun run = inspect(CommandRun.GOLDEN.resolve("unet-small.safetensors"));
        assertThat(run.out()).contains("safetensors file", "float32 [", " tensors, ", " parameters");
        assertThat(run.code()).isZero();
    }

    @Test
    void tellsAnArchiveOfTensorsOfWhichNothingIsRun() throws IOException {
        CommandRun run = inspect(CommandRun.GOLDEN.resolve("torch_archive.bin"));
        assertThat(run.out())
                .contains(
                        "torch_archive.bin: archive of torch.save, weights that no model here is told by",
                        " tensors, ",
                        " parameters");
        assertThat(run.code()).isZero();
        refused(Files.writeString(folder.resolve("a.pt"), "no archive"), "expected an archive of torch.save");
    }

    @Test
    void tellsAModelAndAPipeline() {
        assertThat(inspect(Path.of(CommandRun.TINY, "text_encoder")).out())
                .contains("model folder, the text tower of a CLIP (clip_text_model)", "parameters");
        assertThat(inspect(Path.of(CommandRun.TINY)).out())
                .contains(
                        "pipeline folder, a Stable Diffusion pipeline (StableDiffusionPipeline)",
                        "unet: UNet2DConditionModel",
                        "  together ");
    }

    @Test
    void tellsADataset() throws IOException {
        ImageFile.write(folder.resolve("pear/one.png"), new Image(3, 2, 3, new byte[18]));
        CommandRun run = inspect(folder);
        assertThat(run.out())
                .contains("dataset of 1 captioned pictures", "pear/one.png, 3x2, [pear]", "names of the folders");
        assertThat(run.code()).isZero();
    }

    @Test
    void tellsWhichPicturesHaveCaptions() throws IOException {
        ImageFile.write(folder.resolve("one.png"), new Image(3, 2, 3, new byte[18]));
        assertThat(inspect(folder).out())
                .contains("dataset of 1 pictures, none with a caption", "left out: one.png: has no caption");
        ImageFile.write(folder.resolve("two.png"), new Image(3, 2, 3, new byte[18]));
        Files.write(folder.resolve("one.txt"), "grün".getBytes(StandardCharsets.ISO_8859_1));
        Files.writeString(folder.resolve("two.txt"), "grün");
        assertThat(inspect(folder).out())
                .contains("dataset of 2 pictures, 1 with a caption", "first: two.png, 3x2, [grün]")
                .contains("left out: one.png: " + folder.resolve("one.txt") + ": expected UTF-8");
    }

    @Test
    void tellsThePictureAndTheRequestThatDrewIt() throws IOException {
        Image image = new Image(3, 2, 3, new byte[18]);
        Path picture = folder.resolve("one.png");
        ImageFile.write(
                picture,
                image,
                PngText.NONE
                        .with(PngText.PARAMETERS, "a cat\nSteps: 20")
                        .with(PngText.REQUEST, "{\"prompt\":\"a cat\"}"));
        CommandRun run = inspect(picture);
        assertThat(run.out())
                .contains(
                        "one.png: picture, 3x2",
                        "  parameters:",
                        "    a cat",
                        "    Steps: 20",
                        "  zeuxis:",
                        "    {\"prompt\":\"a cat\"}");
        assertThat(run.code()).isZero();
        refused(Files.writeString(folder.resolve("two.PNG"), "no picture"), "two.PNG");
    }

    @Test
    void truncatedFileIsSaidToBeCutShort() throws IOException {
        byte[] whole = Files.readAllBytes(CommandRun.GOLDEN.resolve("unet-small.safetensors"));
        refused(Files.write(folder.resolve("a.safetensors"), Arrays.copyOf(whole, whole.length - 5)), "cut short");
        refused(Files.write(folder.resolve("b.safetensors"), Arrays.copyOf(whole, 100)), "cut short");
        refused(Files.write(folder.resolve("c.safetensors"), new byte[0]), "an empty file");
    }

    @Test
    void hugeHeaderIsNotBelieved() throws IOException {
        byte[] text = "{\"a\":{\"dtype\":\"F32\"}}".getBytes(StandardCharsets.UTF_8);
        byte[] file = ByteBuffer.allocate(8 + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(1L << 62)
                .put(text)
                .array();
        refused(Files.write(folder.resolve("a.safetensors"), file), "got 4611686018427387904");
    }

    @Test
    void nothingIsFoundWhereNothingIs() {
        refused(folder.resolve("none"), "expected a file or folder, got nothing; check the path");
        refused(folder, "expected WebDataset shards");
    }

    @Test
    void unreadableDatasetIsSaidToBe() throws IOException {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        try {
            assumeTrue(!Files.isReadable(closed), "runs as root, to whom every folder is readable");
            refused(closed, "check its permissions");
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private static CommandRun inspect(Path path) {
        return CommandRun.of("inspect", path.toString());
    }

    private static void refused(Path path, String message) {
        CommandRun run = inspect(path);
        assertThat(run.err()).hasLineCount(1).startsWith("zeuxis inspect: ").contains(message);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
    }
}

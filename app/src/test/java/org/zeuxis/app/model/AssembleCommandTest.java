package org.zeuxis.app.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.unclip.ClipProjection;
import org.zeuxis.models.unclip.Decoding;
import org.zeuxis.models.unclip.ImageEncoder;
import org.zeuxis.models.unclip.UnClip;
import org.zeuxis.models.unclip.prior.CaptionEncoder;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;

/** {@code zeuxis assemble}. */
class AssembleCommandTest {
    private static final Path KARLO = CommandRun.GOLDEN.resolve("tiny-karlo");

    @TempDir
    Path folder;

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private Image drawn(String model, String... more) throws IOException {
        Path picture = folder.resolve("picture.png");
        String[] start = {"imagine", "a red bird", "--model", model, "--dtype", "float32", "-o", picture.toString()};
        CommandRun run =
                CommandRun.of(Stream.concat(Stream.of(start), Stream.of(more)).toArray(String[]::new));
        assertThat(run.err()).isEmpty();
        Image image = ImageFile.read(picture);
        Files.delete(picture);
        return image;
    }

    @Test
    void partsOfSeveralFoldersDrawAsTheWholeDid() throws IOException {
        try (UnClip whole = UnClip.load(KARLO, DType.FLOAT32)) {
            whole.withPriors(List.of()).withUpsamplings(List.of()).save(folder.resolve("decoder"));
            whole.upsamplings().get(0).save(folder.resolve("upsampler"));
        }
        CommandRun run = CommandRun.of(
                "assemble",
                path("again"),
                "--decoder",
                path("decoder"),
                "--prior",
                KARLO.toString(),
                "--upsampler",
                path("upsampler"));
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo(path("again") + "\n");
        assertThat(drawn(path("again")).samples())
                .isEqualTo(drawn(KARLO.toString()).samples());
        CommandRun twice = CommandRun.of("assemble", path("again"), "--decoder", path("decoder"));
        assertThat(twice.code()).isEqualTo(1);
        assertThat(twice.err()).hasLineCount(1).contains(path("again"), "already exists");
        CommandRun both = CommandRun.of(
                "assemble",
                path("both"),
                "--decoder",
                path("decoder"),
                "--upsampler",
                path("upsampler"),
                "--upsampler",
                path("upsampler"));
        assertThat(both.code()).isEqualTo(1);
        assertThat(both.err())
                .hasLineCount(1)
                .contains("expected one upsampler to at most 512 pixels, got another; leave one out");
    }

    @Test
    void theShippedClipNeedNotLieInTheFolderAgain() throws IOException {
        try (UnClip other = UnClip.load(KARLO, DType.FLOAT32);
                ClipFolder clip = ClipFolder.pictograms(DType.FLOAT32)) {
            Decoding theirs = other.decoding();
            ClipProjection.Config projection = theirs.projection().config();
            Decoding decoding = Initialization.seeded(
                    Seed.of(3),
                    () -> new Decoding(
                            new ClipProjection(new ClipProjection.Config(
                                    clip.clip().config().width(),
                                    projection.timeWidth(),
                                    projection.tokenWidth(),
                                    projection.extraTokens())),
                            theirs.network(),
                            theirs.scheduler()));
            new UnClip(
                            "decoder",
                            new CaptionEncoder(clip.tokenizer(), clip.clip().texts()),
                            List.of(),
                            decoding,
                            List.of(),
                            new ImageEncoder(clip.clip().vision(), clip.preprocessing()))
                    .save(folder.resolve("decoder"));
        }
        CommandRun run = CommandRun.of("assemble", path("small"), "--decoder", path("decoder"), "--shipped-clip");
        assertThat(run.err()).isEmpty();
        assertThat(folder.resolve("small").toFile().list())
                .containsExactlyInAnyOrder("decoder", "decoder_scheduler", "text_proj", "model_index.json");
        assertThat(drawn(path("small"), "--prior", "glide").samples())
                .isEqualTo(drawn(path("decoder"), "--prior", "glide").samples());

        Path index = folder.resolve("small/model_index.json");
        String said = Files.readString(index);
        Files.writeString(index, said.replaceFirst("\"_clip_sha256\" *: *\"....", "\"_clip_sha256\": \"0000"));
        refused("expected the CLIP it was trained over, of SHA-256 0000");
        Files.writeString(index, said.replaceFirst("\"pictograms\"", "\"another\""));
        refused("expected _clip to be pictograms, the one that ships, got another");
    }

    private void refused(String why) {
        CommandRun run = CommandRun.of("imagine", "a red bird", "--model", path("small"), "-o", path("no.png"));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains(path("small"), why);
    }

    @Test
    void anotherClipIsNotLeftOut() {
        CommandRun run = CommandRun.of("assemble", path("small"), "--decoder", KARLO.toString(), "--shipped-clip");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .hasLineCount(1)
                .contains("expected a model over the CLIP that ships, to leave that out, got one over another");
        assertThat(folder.toFile().list()).isEmpty();
    }
}

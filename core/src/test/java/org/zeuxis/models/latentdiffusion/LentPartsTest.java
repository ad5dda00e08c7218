package org.zeuxis.models.latentdiffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.image.Image;
import org.zeuxis.models.Events;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.SecondPass;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.latentdiffusion.adapter.Adapters;
import org.zeuxis.models.latentdiffusion.adapter.Lora;
import org.zeuxis.tensor.DType;

/** A model whose parts are in memory only while they are used draws what the whole one draws. */
final class LentPartsTest {
    private static final Path FOLDER = Golden.path("tiny-stable-diffusion");
    private static final ImageRequest REQUEST = ImageRequest.of("a red bird on a (small:1.2) tree")
            .withNegative("a blue cube")
            .withSeed(7)
            .withSteps(4)
            .withSize(32, 24);

    @TempDir
    Path temporary;

    private static List<byte[]> drawn(TextToImage model, ImageRequest request) {
        List<byte[]> all = new ArrayList<>();
        Events previews = event -> all.add(event.preview().get().orElseThrow().samples());
        model.generate(request, previews).forEach(each -> all.add(each.image().samples()));
        return all;
    }

    private static void expectSame(Path path, DType type, Adapters adapters, ImageRequest request) throws IOException {
        try (TextToImage held = LatentDiffusion.load(path, type, adapters);
                TextToImage lent = LatentDiffusion.lending(path, type, FileChoice.USUAL, adapters)) {
            List<byte[]> expected = drawn(held, request);
            List<byte[]> got = drawn(lent, request);
            assertThat(got).hasSameSizeAs(expected).hasSizeGreaterThan(1);
            for (int i = 0; i < expected.size(); i++) assertThat(got.get(i)).isEqualTo(expected.get(i));
            assertThat(lent.name()).isEqualTo(held.name());
            assertThat(lent.added()).isEqualTo(held.added());
            assertThat(lent.generate(request).get(0).text())
                    .isEqualTo(held.generate(request).get(0).text());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void picturesPreviewsAndSecondPassesAreTheSameBytes(DType type) throws IOException {
        expectSame(FOLDER, type, Adapters.NONE, REQUEST.withCount(2).withSecondPass(new SecondPass(2)));
    }

    @Test
    void whatIsDrawnFromAPictureIsTheSameBytes() throws IOException {
        Image picture = new Image(32, 24, 3, new byte[32 * 24 * 3]);
        expectSame(
                FOLDER, DType.FLOAT32, Adapters.NONE, REQUEST.from(picture, 0.5).mask(picture));
    }

    @Test
    void whatIsPutIntoTheModelIsLentToo() throws IOException {
        Path lora = Golden.path("adapters");
        try (Stream<Path> files = Files.list(lora)) {
            Path first = files.filter(file -> file.toString().contains("kohya"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
            expectSame(FOLDER, DType.FLOAT32, Adapters.NONE.with(new Lora(first, 0.7)), REQUEST);
        }
    }

    @Test
    void oneFileIsLent() throws IOException {
        Path file = temporary.resolve("one.safetensors");
        Path folder = temporary.resolve("folder");
        try (LatentDiffusion model = TinyStableDiffusion.second()) {
            model.save(folder);
        }
        StableDiffusionCopy.of(folder, file, null, FileChoice.USUAL);
        expectSame(file, DType.FLOAT32, Adapters.NONE, REQUEST);
    }

    @Test
    void whatIsMissingIsToldBeforeAnythingIsDrawn() throws IOException {
        Path broken = FolderCopy.of(FOLDER, temporary.resolve("broken"));
        FolderCopy.set(broken.resolve("vae").resolve("config.json"), "layers_per_block", "3");
        assertThatThrownBy(() -> LatentDiffusion.lending(broken, DType.FLOAT32, FileChoice.USUAL, Adapters.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("checkpoint lacks");
    }

    @Test
    void aClosedOneSaysSo() throws IOException {
        TextToImage closed = LatentDiffusion.lending(FOLDER, DType.FLOAT32, FileChoice.USUAL, Adapters.NONE);
        closed.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> closed.generate(REQUEST))
                .withMessage("expected an open model, got a closed one; load it again");
    }
}

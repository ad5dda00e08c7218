package org.zeuxis.models.latentdiffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zeuxis.Golden;
import org.zeuxis.image.Image;
import org.zeuxis.models.Events;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Sampling;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Engine;

final class LifeOfAModelTest {
    private static final ImageRequest REQUEST =
            ImageRequest.of("a red bird").withSeed(7).withSteps(5).withSize(32, 24);

    private static LatentDiffusion model() throws IOException {
        return LatentDiffusion.load(Golden.path("tiny-stable-diffusion"), DType.FLOAT32);
    }

    private static byte[] drawn(LatentDiffusion model) {
        return model.generate(REQUEST).get(0).image().samples();
    }

    @Test
    void aClosedModelSaysSo() throws IOException {
        LatentDiffusion closed = model();
        try (closed) {
            assertThat(drawn(closed)).isNotEmpty();
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> drawn(closed))
                .withMessage("expected an open model, got a closed one; load it again");
    }

    @Test
    void aCastToTheTypeItHasChangesNothing() throws IOException {
        LatentDiffusion model = model();
        byte[] expected = drawn(model);
        model.unet().to(DType.FLOAT32);
        assertThat(drawn(model)).isEqualTo(expected);
    }

    @Test
    void aClosedModelHoldsNoFileInMemory(@TempDir Path folder) throws IOException {
        Path maps = Path.of("/proc/self/maps");
        assumeThat(maps).isReadable();
        model().save(folder);
        String name = folder.toRealPath().toString();
        try (LatentDiffusion open = LatentDiffusion.load(folder, DType.FLOAT32)) {
            assertThat(drawn(open)).isNotEmpty();
            assertThat(Files.readString(maps)).contains(name);
        }
        assertThat(Files.readString(maps)).doesNotContain(name);
    }

    @Test
    void anInterruptEndsItWithinAStep() throws IOException {
        LatentDiffusion model = model();
        List<Integer> done = new ArrayList<>();
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> model.generate(REQUEST, event -> {
                    done.add(event.step());
                    if (event.step() == 2) Thread.currentThread().interrupt();
                }))
                .withMessage("expected to run 5 steps, got cancelled after 3");
        assertThat(done).containsExactly(1, 2);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(drawn(model)).isEqualTo(drawn(model()));
    }

    @Test
    void previewsGrowIntoThePictureAndChangeNothing() throws IOException {
        LatentDiffusion model = model();
        List<byte[]> previews = new ArrayList<>();
        Image drawn = model.generate(REQUEST, event -> {
                    assertThat(event.stage()).isEmpty();
                    assertThat(event.steps()).isEqualTo(5);
                    previews.add(event.preview().get().orElseThrow().samples());
                })
                .get(0)
                .image();
        assertThat(drawn.samples()).isEqualTo(drawn(model));
        assertThat(previews).hasSize(5);
        assertThat(previews.get(0)).hasSameSizeAs(drawn.samples()).isNotEqualTo(previews.get(4));
    }

    @Test
    void theRequestOfAPictureLeavesNothingOpen() throws IOException {
        ImageRequest said = ImageRequest.of("a red bird").withSteps(2).withSize(32, 24);
        ImageRequest full = model().generate(said).get(0).request();
        assertThat(full).isEqualTo(said.with(new Sampling(2, 5, "pndm")));
        assertThatThrownBy(() -> model().generate(said.with("prior", new Sampling(2, 5, "ddim"))))
                .hasMessageContaining("expected no stage but the main one");
    }

    @Test
    void aCancelledTokenEndsIt() throws IOException {
        LatentDiffusion model = model();
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> model.generate(REQUEST, Events.NONE.unless(() -> true)))
                .withMessage("expected to run 5 steps, got cancelled after 1");
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void anyNumberOfThreadsAndCallersGetsTheSameBytes(DType type) throws Exception {
        LatentDiffusion model = LatentDiffusion.load(Golden.path("tiny-stable-diffusion"), type);
        byte[] expected = drawn(model);
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Callable<byte[]>> work = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int threads = 1 + i % 3;
                work.add(() -> {
                    Engine.setThreads(threads);
                    return drawn(model);
                });
            }
            for (Future<byte[]> each : pool.invokeAll(work))
                assertThat(each.get()).isEqualTo(expected);
        } finally {
            pool.shutdown();
            Engine.setThreads(Runtime.getRuntime().availableProcessors());
        }
    }
}

package org.zeuxis.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.zeuxis.Golden;
import org.zeuxis.image.Image;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Engine;

class SideBySideTest {
    private static final List<ImageRequest> REQUESTS = IntStream.range(0, 7)
            .mapToObj(
                    i -> ImageRequest.of("a cat").withSize(32, 32).withSteps(2).withSeed(i))
            .toList();

    @Test
    void theyAreThoseOfOneAfterTheOther() throws IOException {
        int threads = Engine.threads();
        try (LatentDiffusion model = LatentDiffusion.load(Golden.path("tiny-stable-diffusion"), DType.FLOAT32)) {
            List<GeneratedImage> drawn = new ArrayList<>();
            AtomicInteger steps = new AtomicInteger();
            SideBySide.draw(model, REQUESTS, event -> steps.incrementAndGet(), drawn::add);
            assertThat(drawn).hasSize(REQUESTS.size());
            for (int i = 0; i < drawn.size(); i++) {
                GeneratedImage alone = model.generate(REQUESTS.get(i)).get(0);
                assertThat(drawn.get(i).text()).isEqualTo(alone.text());
                assertThat(drawn.get(i).image().samples())
                        .isEqualTo(alone.image().samples());
            }
            assertThat(steps).hasValue(2 * REQUESTS.size());
        }
        assertThat(Engine.threads()).isEqualTo(threads);
    }

    @Test
    void whereOneFailsAllEnd() {
        AtomicInteger begun = new AtomicInteger();
        TextToImage failing = artist(request -> {
            begun.incrementAndGet();
            if (request.seed() == 2) throw new CancellationException("stopped");
        });
        List<GeneratedImage> drawn = new ArrayList<>();
        List<ImageRequest> many = IntStream.range(0, 500)
                .mapToObj(i -> REQUESTS.get(0).withSeed(i))
                .toList();
        assertThatThrownBy(() -> SideBySide.draw(failing, many, Events.NONE, drawn::add))
                .isInstanceOf(CancellationException.class)
                .hasMessage("stopped");
        assertThat(drawn).hasSize(2);
        assertThat(begun).hasValueLessThan(500);
    }

    private interface Drawing {
        void of(ImageRequest request) throws InterruptedException;
    }

    /** Draws black pictures, in two milliseconds each. */
    private static TextToImage artist(Drawing drawing) {
        return new TextToImage() {
            @Override
            public String name() {
                return "black";
            }

            @Override
            public List<GeneratedImage> generate(ImageRequest request, Events events) {
                try {
                    Thread.sleep(2);
                    drawing.of(request);
                } catch (InterruptedException e) {
                    throw new CancellationException();
                }
                return List.of(new GeneratedImage(new Image(1, 1, 3, new byte[3]), request, name(), DType.FLOAT32, ""));
            }

            @Override
            public void close() {}
        };
    }
}

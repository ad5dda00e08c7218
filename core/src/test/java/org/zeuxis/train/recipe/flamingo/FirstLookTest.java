package org.zeuxis.train.recipe.flamingo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.zeuxis.models.flamingo.PerceiverResampler;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

class FirstLookTest {
    /** What changes at a place moves that place's latent most, in a picture and in a video. */
    @Test
    void aLatentLooksAtItsOwnPlaceFirst() {
        int side = 3;
        PerceiverResampler.Config config =
                new PerceiverResampler.Config(256, 1, 8, 32, side * side, 4, side, Activation.GELU);
        try (Gradients off = Gradients.off()) {
            PerceiverResampler placed = Initialization.seeded(Seed.of(6), () -> new PerceiverResampler(config));
            Map<String, Tensor> trained = new HashMap<>();
            placed.parameters().forEach((key, p) -> trained.put("perceiver." + key, p));
            FirstLook.begin(trained, 8);
            for (int frames : List.of(1, 4)) {
                Tensor seen = Seed.of(7).randn(1, frames, side * side, 256).times(0.25);
                Tensor before = placed.forward(seen).squeeze(0);
                for (int place = 0; place < side * side; place++) {
                    float[] only = new float[side * side];
                    only[place] = 1;
                    Tensor there = Tensor.of(only, side * side, 1);
                    Tensor other = Seed.of(8).randn(1, frames, side * side, 256).times(0.25);
                    Tensor changed = seen.plus(other.minus(seen).times(there));
                    float[] moved = placed.forward(changed)
                            .squeeze(0)
                            .minus(before)
                            .abs()
                            .mean(-1)
                            .toFloats();
                    for (int latent = 0; latent < moved.length; latent++) {
                        if (latent != place) assertThat(moved[latent]).isLessThan(moved[place]);
                    }
                }
            }
        }
    }
}

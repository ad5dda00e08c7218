package org.zeuxis.models.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

class TilesTest {
    private final Tensor t = Tensor.of(new float[] {400}, 1);

    @Test
    void whatSaysTheSameOfEveryPixelSaysItInTilesToo() {
        Tensor x = Seed.of(1).randn(2, 3, 70, 45);
        Tensor small = Seed.of(2).randn(2, 3, 70, 45);
        Tiles.Beside perPixel = (a, time, b) -> a.times(2).plus(b);
        Tensor tiled = new Tiles(32, 8).over(perPixel, small).predict(x, t);
        assertThat(tiled.maxDifference(x.times(2).plus(small))).isLessThan(1e-5);
    }

    @Test
    void noNetworkSeesMoreThanATile() {
        List<Long> sides = new ArrayList<>();
        Tiles.Beside counting = (a, time, b) -> {
            sides.add(Math.max(a.size(2), a.size(3)));
            return a;
        };
        Tensor x = Tensor.zeros(1, 3, 100, 64);
        new Tiles(32, 8).over(counting, x).predict(x, t);
        assertThat(sides).hasSize(4 * 3).allMatch(side -> side == 32);
        sides.clear();
        new Tiles(128, 8).over(counting, x).predict(x, t);
        assertThat(sides).containsExactly(100L);
    }

    /** Group norm looks at a whole tile, so that tiles differ a little; of a smooth picture, too little to be seen. */
    @Test
    void ofASmoothPictureTilesSayWhatTheWholeSays() throws IOException {
        try (Gradients off = Gradients.off();
                Upsampler upsampler = Upsampler.load(ModelFolder.open(Golden.path("karlo-super-resolution")))) {
            Tensor rows = Tensor.linspace(-0.02, 0.02, 128).reshape(1, 1, 128, 1);
            Tensor columns = Tensor.linspace(-0.01, 0.01, 128).reshape(1, 1, 1, 128);
            Tensor small = rows.plus(columns).expand(1, 3, 128, 128).contiguous();
            Tensor x = small.plus(Seed.of(1).randn(1, 3, 128, 128));
            Tensor whole = upsampler.forward(x, t, small);
            Tensor tiled = new Tiles(64, 24).over(upsampler::forward, small).predict(x, t);
            double spread = Math.sqrt(whole.square().mean().item());
            double difference = Math.sqrt(tiled.minus(whole).square().mean().item());
            assertThat(difference / spread).isLessThan(0.15);
            // no seam: across the middle of an overlap neighbours differ from the whole no more than elsewhere
            Tensor error = tiled.minus(whole);
            Tensor jumps = error.slice(3, 1, 128).minus(error.slice(3, 0, 127)).abs();
            double everywhere = jumps.mean().item();
            double worst = jumps.mean(2).mean(1).max();
            assertThat(worst).isLessThan(4 * everywhere);
        }
    }

    @Test
    void tilesOverlapByLessThanThemselves() {
        assertThatThrownBy(() -> new Tiles(32, 32))
                .hasMessage("expected an overlap of at least 1 pixel and less than the tile's 32, got 32");
    }
}

package org.zeuxis.train.recipe.imagen;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.zeuxis.data.series.ReadAhead;
import org.zeuxis.diffusion.Times;
import org.zeuxis.image.Normalize;
import org.zeuxis.models.imagen.Stage;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.Objective;

/**
 * Teaches a stage of super-resolution to tell the noise in pieces of large pictures from their captions and from the small picture,
 * to which noise is added too, at a level that it is told.
 *
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, section 2.4
 */
final class SuperResolutionObjective implements Objective {
    private final Stage stage;
    private final Captioning captioning;
    private final Times times;
    private final int levels;
    private final ReadAhead<ScaledCrops.Pairs> pairs;
    private final int batchSize;

    /** @param levels the level of noise is drawn below this one; 1 adds none */
    SuperResolutionObjective(Stage stage, Captioning captioning, Times times, int levels, ScaledCrops crops) {
        this.stage = stage;
        this.captioning = captioning;
        this.times = times;
        this.levels = levels;
        batchSize = crops.batchSize();
        pairs = new ReadAhead<>(crops::at);
    }

    @Override
    public Map<String, Tensor> parameters() {
        return stage.network().parameters();
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public Tensor loss(long step, Seed seed) {
        ScaledCrops.Pairs pair = pairs.at(step);
        Tensor text = captioning.read(pair.captions(), seed);
        Tensor x0 = Normalize.TO_ONE.apply(pair.crops());
        Tensor level = times.draw(levels, batchSize, seed);
        Tensor beside = stage.noised(cropped(pair, x0.size(3)), level, seed);
        return Noising.loss(stage, times)
                .of(
                        (xt, t) -> stage.network()
                                .forward(
                                        Tensor.cat(1, xt, beside),
                                        t,
                                        stage.network().read(text),
                                        level.to(DType.FLOAT32)),
                        x0,
                        seed)
                .mean();
    }

    /** The places of the crops in the small pictures, enlarged as the stage enlarges them. */
    private Tensor cropped(ScaledCrops.Pairs pair, long side) {
        Tensor large = stage.enlarged(Normalize.TO_ONE.apply(pair.small()));
        List<Tensor> places = new ArrayList<>();
        for (int i = 0; i < batchSize; i++) {
            int left = pair.left().get(i);
            int top = pair.top().get(i);
            places.add(large.slice(0, i, i + 1).slice(2, top, top + side).slice(3, left, left + side));
        }
        return Tensor.cat(0, places);
    }

    @Override
    public void close() {
        pairs.close();
    }
}

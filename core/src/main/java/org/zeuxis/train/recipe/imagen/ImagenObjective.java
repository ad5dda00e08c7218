package org.zeuxis.train.recipe.imagen;

import java.util.Map;
import org.zeuxis.data.series.Batch;
import org.zeuxis.data.series.Batches;
import org.zeuxis.data.series.ReadAhead;
import org.zeuxis.diffusion.Times;
import org.zeuxis.image.Normalize;
import org.zeuxis.models.imagen.Stage;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.Objective;

/**
 * Teaches the base to tell the noise in small pictures from what their captions say.
 *
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, section 2.2
 */
final class ImagenObjective implements Objective {
    private final Stage stage;
    private final Captioning captioning;
    private final Times times;
    private final ReadAhead<Batch> batches;
    private final int batchSize;

    /** @param batches of pictures of the size that the stage draws */
    ImagenObjective(Stage stage, Captioning captioning, Times times, Batches batches) {
        this.stage = stage;
        this.captioning = captioning;
        this.times = times;
        batchSize = batches.batchSize();
        this.batches = new ReadAhead<>(batches::at);
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
        Batch batch = batches.at(step);
        Tensor text = captioning.read(batch.captions(), seed);
        Tensor x0 = Normalize.TO_ONE.apply(batch.images());
        return Noising.loss(stage, times)
                .of((xt, t) -> stage.network().forward(xt, t, stage.network().read(text), null), x0, seed)
                .mean();
    }

    @Override
    public void close() {
        batches.close();
    }
}

package org.zeuxis.train.recipe.unclip;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zeuxis.data.series.Batch;
import org.zeuxis.data.series.Batches;
import org.zeuxis.data.series.ReadAhead;
import org.zeuxis.diffusion.HybridLoss;
import org.zeuxis.diffusion.Network;
import org.zeuxis.image.Image;
import org.zeuxis.image.Normalize;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.unclip.Decoder;
import org.zeuxis.models.unclip.Decoding;
import org.zeuxis.models.unclip.prior.CaptionEncoder;
import org.zeuxis.models.unclip.prior.EncodedText;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.Objective;
import org.zeuxis.unet.Conditioning;

/**
 * Teaches a decoder to draw a picture again from its CLIP image embedding and its caption, each of which it must sometimes do
 * without.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, section 2.1
 */
public final class DecoderObjective implements Objective {

    /**
     * Shares of pictures that are drawn without.
     *
     * @param image their embedding
     * @param text their caption
     */
    public record Dropped(double image, double text) {
        /** The paper's. */
        public static final Dropped PAPER = new Dropped(0.1, 0.5);

        public Dropped {
            if (!(image >= 0 && image <= 1) || !(text >= 0 && text <= 1)) {
                throw new IllegalArgumentException(
                        "expected image_dropped and text_dropped of 0 to 1, got " + image + " and " + text);
            }
        }
    }

    private final Decoding decoding;
    private final ClipFolder clip;
    private final CaptionEncoder captions;
    private final HybridLoss loss;
    private final Dropped dropped;
    private final ReadAhead<Batch> batches;
    private final int batchSize;

    /**
     * @param clip whose embeddings the decoder learns to read; it stays as it is
     * @param batches of pictures of the size that the decoder draws
     */
    public DecoderObjective(Decoding decoding, ClipFolder clip, HybridLoss loss, Dropped dropped, Batches batches) {
        this.decoding = decoding;
        this.clip = clip;
        this.loss = loss;
        this.dropped = dropped;
        captions = new CaptionEncoder(clip.tokenizer(), clip.clip().texts());
        batchSize = batches.batchSize();
        this.batches = new ReadAhead<>(batches::at);
    }

    @Override
    public Map<String, Tensor> parameters() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        decoding.network().parameters().forEach((key, p) -> all.put("decoder." + key, p));
        decoding.projection().parameters().forEach((key, p) -> all.put("text_proj." + key, p));
        return all;
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public Tensor loss(long step, Seed seed) {
        Batch batch = batches.at(step);
        Tensor x0 = Normalize.TO_ONE.apply(batch.images());
        Tensor without = seed.rand(batchSize, 1).lessThan(dropped.image);
        Tensor image = without.choose(decoding.projection().noImage(batchSize), embeddings(batch.images()));
        Conditioning told = decoding.projection().forward(image, read(batch.captions(), seed));
        return loss.of(network(x0, told, seed), x0, seed).mean();
    }

    /** Shown a part of the pictures, if it learns to look at one. */
    private Network network(Tensor x0, Conditioning told, Seed seed) {
        Decoder network = decoding.network();
        if (!network.config().inpaints()) return (xt, t) -> network.forward(xt, t, told);
        Tensor known = Decoder.shown(x0, RandomMasks.unknown(batchSize, (int) x0.size(2), seed));
        return (xt, t) -> network.forward(xt, t, known, told);
    }

    /** [batch, width] */
    private Tensor embeddings(List<Image> images) {
        try (Gradients off = Gradients.off()) {
            Tensor pixels = clip.preprocessing().apply(images);
            return clip.clip()
                    .vision()
                    .project(clip.clip().vision().pooled(pixels))
                    .to(DType.FLOAT32);
        }
    }

    private EncodedText read(List<String> all, Seed seed) {
        float[] draws = seed.rand(batchSize).toFloats();
        List<String> kept = new ArrayList<>();
        for (int i = 0; i < batchSize; i++) kept.add(draws[i] < dropped.text ? "" : all.get(i));
        try (Gradients off = Gradients.off()) {
            return captions.encode(kept);
        }
    }

    @Override
    public void close() {
        batches.close();
    }
}

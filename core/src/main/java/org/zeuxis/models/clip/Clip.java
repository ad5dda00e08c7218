package org.zeuxis.models.clip;

import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * Two towers that meet in one space, where a picture and its caption point the same way.
 *
 * @see <a href="https://arxiv.org/abs/2103.00020">CLIP</a>, Figures 1 and 3
 */
public final class Clip extends Module {
    /** The largest factor on a cosine: beyond it training becomes unstable (section 2.5). */
    public static final double LARGEST_SCALE = 100;

    /** @param width of the space both towers project into */
    public record Config(ClipTextModel.Config text, ImageTower.Config vision, int width) {}

    private final ClipTextModel text;
    private final ImageTower vision;
    private final Linear textProjection;
    private final Tensor logScale; // []
    private final Config config;

    public Clip(Config c) {
        config = c;
        logScale = parameter("logit_scale", Initialization.constant(Math.log(1 / 0.07)));
        text = child("text_model", new ClipTextModel(c.text));
        vision = c.vision instanceof ModifiedResNet.Config resNet
                ? child("visual", new ModifiedResNet(resNet, c.width))
                : child("", new ProjectedVisionModel((ClipVisionModel.Config) c.vision, c.width));
        textProjection = child(
                "text_projection",
                Linear.withoutBias(c.text.width(), c.width, Initialization.normal(Math.pow(c.text.width(), -0.5))));
    }

    public Config config() {
        return config;
    }

    public ClipTextModel text() {
        return text;
    }

    public ImageTower vision() {
        return vision;
    }

    /**
     * @param ids [batch, tokens] of int64
     * @return [batch, width], each of length 1
     */
    public Tensor embedText(Tensor ids) {
        return textProjection.forward(text.pooled(text.forward(ids), ids)).normalized(-1);
    }

    /**
     * @param pixels [batch, 3, imageSize, imageSize]
     * @return [batch, width], each of length 1
     */
    public Tensor embedImages(Tensor pixels) {
        return vision.forward(pixels).normalized(-1);
    }

    /**
     * @param images [n, width], each of length 1
     * @param texts [m, width], each of length 1
     * @return the scaled cosines, [n, m]
     */
    public Tensor logits(Tensor images, Tensor texts) {
        return images.matmul(texts.transpose(0, 1)).times(logScale.exp());
    }

    /** Brings the temperature back into its bounds; call it after each step of the optimiser. */
    public void clampScale() {
        logScale.assign(logScale.detach().clamp(0, Math.log(LARGEST_SCALE)));
    }

    /** The learned factor on a cosine. */
    public double scale() {
        return Math.exp(logScale.item());
    }
}

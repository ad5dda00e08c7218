package org.zeuxis.models.clip;

import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.Size;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.InPlace;
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
    public record Config(ClipTextModel.Config text, ImageTower.Config vision, int width) {

        /**
         * From transformers' {@code CLIPConfig}. Where an old file has {@code text_config_dict} or {@code vision_config_dict},
         * these count.
         *
         * @throws IllegalArgumentException if it asks for what is not here, naming it
         */
        public static Config from(org.zeuxis.config.Config c) {
            c.expect("model_type", "clip");
            Config config = new Config(
                    ClipTextModel.Config.from(part(c, "text_config")),
                    ImageTower.Config.from(part(c, "vision_config")),
                    c.size("projection_dim", 512, Size.WIDTH));
            c.refuseUnread(Bookkeeping.TRANSFORMERS);
            return config;
        }

        private static org.zeuxis.config.Config part(org.zeuxis.config.Config c, String key) {
            org.zeuxis.config.Config part = c.child(key);
            return c.has(key + "_dict") ? c.child(key + "_dict") : part;
        }
    }

    private final ClipTextModel text;
    private final ImageTower vision;
    private final ProjectedTextModel texts;
    private final Tensor logScale; // []
    private final Config config;

    public Clip(Config c) {
        config = c;
        logScale = parameter("logit_scale", Initialization.constant(Math.log(1 / 0.07)));
        text = child("text_model", new ClipTextModel(c.text));
        vision = vision(c);
        texts = new ProjectedTextModel(
                text, child("text_projection", ProjectedTextModel.projection(c.text.width(), c.width)), c.width);
    }

    private ImageTower vision(Config c) {
        if (c.vision instanceof ClipVisionModel.Config vision)
            return child("", new ProjectedVisionModel(vision, c.width));
        return c.vision instanceof NfNetTower.Config nfNet
                ? child("visual", new NfNetTower(nfNet, c.width))
                : child(
                        "visual",
                        new ModifiedResNet((ModifiedResNet.Config) c.vision, c.width, Initialization.zeros()));
    }

    public Config config() {
        return config;
    }

    public ClipTextModel text() {
        return text;
    }

    /** The text tower with its projection into the space both towers share. */
    public ProjectedTextModel texts() {
        return texts;
    }

    public ImageTower vision() {
        return vision;
    }

    /**
     * @param ids [batch, tokens] of int64
     * @return [batch, width] in float32, each of length 1
     */
    public Tensor embedText(Tensor ids) {
        return texts.project(text.forward(ids), ids).to(DType.FLOAT32).normalized(-1);
    }

    /**
     * @param pixels [batch, 3, imageSize, imageSize]
     * @return [batch, width] in float32, each of length 1
     */
    public Tensor embedImages(Tensor pixels) {
        return project(vision.pooled(pixels));
    }

    /**
     * The last step of {@link #embedImages}.
     *
     * @param pooled what the image tower gives, {@link ImageTower#pooled}, [batch, its width]
     * @return [batch, width] in float32, each of length 1
     */
    public Tensor project(Tensor pooled) {
        return vision.project(pooled).to(DType.FLOAT32).normalized(-1);
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
        InPlace.assign(logScale, logScale.detach().clamp(0, Math.log(LARGEST_SCALE)));
    }

    /** The learned factor on a cosine. */
    public double scale() {
        return Math.exp(logScale.item());
    }
}

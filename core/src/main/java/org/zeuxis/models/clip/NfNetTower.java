package org.zeuxis.models.clip;

import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.models.nfnet.NfNet;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * An NFNet whose mean feature is projected into the space shared with texts, as Flamingo's encoder was trained; its keys are
 * those of open_clip around timm's.
 *
 * @see <a href="https://arxiv.org/abs/2204.14198">Flamingo</a>, section 2.1 and appendix B.1.3
 */
public final class NfNetTower extends Module implements ImageTower {
    private static final String NAME = "timm_model_name";

    /**
     * @param imageSize height and columns of the picture in pixels
     * @param trunk without a classifier
     */
    public record Config(int imageSize, NfNet.Config trunk) implements ImageTower.Config {
        public Config {
            if (imageSize < NfNet.REDUCTION || imageSize % NfNet.REDUCTION != 0) {
                throw new IllegalArgumentException(
                        "expected an image size in steps of " + NfNet.REDUCTION + ", got " + imageSize);
            }
            if (trunk.classes() != 0) {
                throw new IllegalArgumentException(
                        "expected an NFNet without a classifier, got one of " + trunk.classes() + " classes");
            }
        }

        /** Whether a {@code vision_cfg} of open_clip asks for a network of timm. */
        static boolean isOne(org.zeuxis.config.Config c) {
            return c.has(NAME) && !c.text(NAME).isEmpty();
        }

        /**
         * From a {@code vision_cfg} of open_clip, which knows F0 to F6 by their names alone: for other sizes {@code model_args},
         * as timm's own {@code config.json} has them, are ours.
         */
        public static Config from(org.zeuxis.config.Config c) {
            c.expect("timm_pool", "avg", ""); // without a word of it, an NFNet averages too
            c.expect("timm_proj", "linear");
            c.expect("timm_proj_bias", false);
            c.expect("output_tokens", false);
            int image = c.sameSize("image_size", 224, Size.PIXELS);
            c.expectEqualParts("image_size", image, "the NFNet's reduction", NfNet.REDUCTION);
            Config config = new Config(image, NfNet.Config.from(c, NAME, 0));
            c.refuseUnread(Bookkeeping.OPEN_CLIP, OTHERS);
            return config;
        }

        @Override
        public ConfigWriter write() {
            return trunk.write(NAME)
                    .put("image_size", imageSize)
                    .put("timm_pool", "avg")
                    .put("timm_proj", "linear");
        }

        /** Of a transformer or a ResNet, which a network of timm overrides, or read with the rest of the folder that holds a classifier. */
        private static final String[] OTHERS = {
            "head_width",
            "layers",
            "mlp_ratio",
            "patch_size",
            "width",
            "architectures",
            "id2label",
            "model_type",
            "projection_dim"
        };
    }

    private final NfNet trunk;
    private final Linear projection;
    private final Config config;
    private final int width;

    /** @param width of the space shared with texts */
    NfNetTower(Config c, int width) {
        config = c;
        this.width = width;
        int features = c.trunk.features();
        trunk = child("trunk", new NfNet(c.trunk));
        projection = child(
                "head.proj", Linear.withoutBias(features, width, Initialization.normal(Math.pow(features, -0.5))));
    }

    @Override
    public Config config() {
        return config;
    }

    @Override
    public int width() {
        return width;
    }

    /** The NFNet itself, whose features nothing has pooled. */
    public NfNet trunk() {
        return trunk;
    }

    @Override
    public Tensor pooled(Tensor pixels) {
        pixels.expect("batch", 3, config.imageSize, config.imageSize);
        return trunk.pooled(pixels);
    }

    @Override
    public Tensor project(Tensor pooled) {
        return projection.forward(pooled.to(projection.dtype()));
    }
}

package org.zeuxis.models.clip;

import java.util.Map;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Tensor;

/**
 * The half of a CLIP that sees: a vision transformer, a ResNet or an NFNet.
 *
 * @see <a href="https://arxiv.org/abs/2103.00020">CLIP</a>, section 2.4
 */
public sealed interface ImageTower extends AutoCloseable permits ProjectedVisionModel, ModifiedResNet, NfNetTower {

    /** What a tower is built to. */
    sealed interface Config permits ClipVisionModel.Config, ModifiedResNet.Config, NfNetTower.Config {
        /** Height and columns of the picture in pixels. */
        int imageSize();

        /** As {@link #from} reads it. */
        ConfigWriter write();

        /**
         * From a transformers {@code vision_config}, or open_clip's {@code vision_cfg} of a ResNet, which lists its layers, or of
         * an NFNet, which timm names.
         */
        static Config from(org.zeuxis.config.Config c) {
            return isConvolutional(c) ? convolutional(c) : ClipVisionModel.Config.from(c);
        }

        /** From open_clip's {@code vision_cfg} of a ResNet or an NFNet. */
        static Config convolutional(org.zeuxis.config.Config c) {
            return NfNetTower.Config.isOne(c) ? NfNetTower.Config.from(c) : ModifiedResNet.Config.from(c);
        }

        /** Whether this is open_clip's {@code vision_cfg} of a ResNet or of a network of timm. */
        static boolean isConvolutional(org.zeuxis.config.Config c) {
            return c.isList("layers") || NfNetTower.Config.isOne(c);
        }
    }

    /** A tower with weights as they are drawn. */
    static ImageTower of(Config c, int width) {
        if (c instanceof ModifiedResNet.Config resNet) return new ModifiedResNet(resNet, width, Initialization.ones());
        return c instanceof NfNetTower.Config nfNet
                ? new NfNetTower(nfNet, width)
                : new ProjectedVisionModel((ClipVisionModel.Config) c, width);
    }

    Config config();

    /** The width of the space shared with texts. */
    int width();

    /**
     * @param pixels normalised, [batch, 3, imageSize, imageSize]
     * @return the pictures in the space shared with texts, [batch, width], of any length
     */
    default Tensor forward(Tensor pixels) {
        return project(pooled(pixels));
    }

    /**
     * One vector for each picture, which a linear probe looks at: a transformer's class token or the mean of an NFNet's
     * features, not projected yet, or what a ResNet's attention pool gives, which is in the shared space already.
     *
     * @param pixels normalised, [batch, 3, imageSize, imageSize]
     * @return [batch, own width]
     */
    Tensor pooled(Tensor pixels);

    /**
     * @param pooled what {@link #pooled} gave, [batch, own width]
     * @return the pictures in the space shared with texts, [batch, width], of any length
     */
    Tensor project(Tensor pooled);

    /** By the keys of the tower's published layout. */
    Map<String, Tensor> parameters();

    /** Brings the weights into the layout by which the processor multiplies them fastest. */
    void pack();

    /** Gives the memory of the weights back. */
    @Override
    void close();

    /** @throws IllegalStateException if this is closed */
    void expectOpen();
}

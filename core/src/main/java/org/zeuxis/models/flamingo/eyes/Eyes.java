package org.zeuxis.models.flamingo.eyes;

import java.util.function.UnaryOperator;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.models.clip.ImageTower;
import org.zeuxis.models.clip.ModifiedResNet;
import org.zeuxis.models.clip.NfNetTower;
import org.zeuxis.models.clip.ProjectedVisionModel;
import org.zeuxis.models.nfnet.NfNet;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * The frozen network that looks at pictures, and what it has of each place.
 *
 * @param features from pixels, normalised, [batch, 3, height, columns], to features, [batch, places, width]
 * @param width of the features
 * @param overview whether the last of the features are of the picture at half its size
 * @see <a href="https://arxiv.org/abs/2204.14198">Flamingo</a>, section 2.1
 */
public record Eyes(Module network, UnaryOperator<Tensor> features, int width, boolean overview) {
    /** What looks once. */
    public Eyes(Module network, UnaryOperator<Tensor> features, int width) {
        this(network, features, width, false);
    }

    /** What a CLIP sees with: its transformer's {@linkplain Features#PATCHES patches}, or the last feature map of a ResNet or an NFNet. */
    public static Eyes of(ImageTower tower) {
        if (tower instanceof ProjectedVisionModel vision) return of(vision.model(), Features.PATCHES);
        return tower instanceof NfNetTower nfNet ? of(nfNet.trunk()) : of((ModifiedResNet) tower);
    }

    /** A vision transformer, as published models have. */
    public static Eyes of(ClipVisionModel vision, Features which) {
        return new Eyes(
                vision,
                pixels -> which.of(vision.forward(pixels)),
                vision.config().width());
    }

    /** A CLIP's ResNet before its attention pool: the last feature map, of pictures of any multiple of 32 pixels. */
    public static Eyes of(ModifiedResNet resNet) {
        return new Eyes(
                resNet,
                pixels -> places(resNet.features(pixels)),
                resNet.config().features());
    }

    /** An NFNet, as in the paper: its last feature map. */
    public static Eyes of(NfNet net) {
        return new Eyes(
                net, pixels -> places(net.features(pixels)), net.config().features());
    }

    /**
     * Looks at each picture at half its size, too: a CLIP that learned from pictures of 64 pixels knows what fills one of them, and what
     * is small in one of 128.
     *
     * @return one whose features are those of this one and then, a quarter as many, those of the halved picture
     * @throws IllegalArgumentException of a transformer, which sees pictures of one size
     * @see <a href="https://arxiv.org/abs/2403.13043">When do we not need larger vision models?</a>, Figure 2
     */
    public Eyes withOverview() {
        if (network instanceof ClipVisionModel)
            throw new IllegalArgumentException("expected no overview of a vision transformer, which sees one size");
        return new Eyes(
                network,
                pixels -> Tensor.cat(1, features.apply(pixels), features.apply(pixels.averagePool(2))),
                width,
                true);
    }

    private static Tensor places(Tensor map) {
        return map.rearrange("b c h w -> b (h w) c");
    }
}

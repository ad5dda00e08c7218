package org.zeuxis.models.clip;

import java.util.ArrayList;
import java.util.List;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.models.clip.resnet.AttentionPool;
import org.zeuxis.models.clip.resnet.Bottleneck;
import org.zeuxis.nn.BatchNorm2d;
import org.zeuxis.nn.Conv2d;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * CLIP's ResNet: a stem of three convolutions, averages in place of strides, and an attention pool that gives the picture's
 * place in the space shared with texts. Its keys are those of OpenAI's release.
 *
 * @see <a href="https://arxiv.org/abs/2103.00020">CLIP</a>, section 2.4 and Table 19
 */
public final class ModifiedResNet extends Module implements ImageTower {
    /** Pixels of the picture for each place of the last feature map, in height and in columns. */
    static final int REDUCTION = 32;

    /** Channels of the last feature map for each channel that the stem gives. */
    static final int WIDENING = 8 * Bottleneck.EXPANSION;

    private static final int STAGES = 4;

    /**
     * @param imageSize height and columns of the picture in pixels
     * @param layers blocks in each of the four stages
     * @param width channels that the stem gives
     * @param heads of the attention pool
     */
    public record Config(int imageSize, List<Integer> layers, int width, int heads) implements ImageTower.Config {
        public static final Config RN50 = new Config(224, List.of(3, 4, 6, 3), 64, 32);
        public static final Config RN101 = new Config(224, List.of(3, 4, 23, 3), 64, 32);
        public static final Config RN50X4 = new Config(288, List.of(4, 6, 10, 6), 80, 40);
        public static final Config RN50X16 = new Config(384, List.of(6, 8, 18, 8), 96, 48);
        public static final Config RN50X64 = new Config(448, List.of(3, 15, 36, 10), 128, 64);

        public Config {
            layers = List.copyOf(layers);
            if (imageSize < REDUCTION || imageSize % REDUCTION != 0) {
                throw new IllegalArgumentException(
                        "expected an image size in steps of " + REDUCTION + ", got " + imageSize);
            }
            if (layers.size() != STAGES || layers.stream().anyMatch(n -> n < 1)) {
                throw new IllegalArgumentException(
                        "expected four stages of at least one block each, got layers of " + layers);
            }
            if (width < 2 || width % 2 != 0) {
                throw new IllegalArgumentException("expected an even width, got " + width);
            }
            if (heads < 1 || width * WIDENING % heads != 0) {
                throw new IllegalArgumentException(
                        "expected " + width * WIDENING + " features in equal heads, got " + heads + " heads");
            }
        }

        /** From a {@code vision_cfg} of open_clip, whose {@code head_width} is 64 unless it says otherwise. */
        public static Config from(org.zeuxis.config.Config c) {
            OpenClipConfig.expectPlainVision(c);
            int width = c.size("width", 64, Size.WIDTH);
            int headWidth = c.size("head_width", OpenAiLayout.HEAD, Size.WIDTH);
            int image = c.size("image_size", 224, Size.PIXELS);
            List<Integer> layers = c.sizes("layers", List.of(), Size.LAYERS);
            c.expectEqualParts("width * " + WIDENING, width * WIDENING, "head_width", headWidth);
            c.expectEqualParts("image_size", image, "the ResNet's reduction", REDUCTION);
            c.expectEqualParts("width", width, "the stem's halves", 2);
            if (layers.size() != STAGES) {
                throw new ConfigException(c.origin() + ": expected layers of " + STAGES + " stages, got "
                        + layers.size() + "; check the file");
            }
            Config config = new Config(image, layers, width, width * WIDENING / headWidth);
            c.refuseUnread(Bookkeeping.OPEN_CLIP, LATER);
            return config;
        }

        @Override
        public ConfigWriter write() {
            return new ConfigWriter()
                    .put("image_size", imageSize)
                    .put("layers", layers)
                    .put("width", width)
                    .put("head_width", width * WIDENING / heads);
        }

        /** Of a transformer, or read with the rest of the folder that holds a classifier. */
        private static final String[] LATER = {
            "mlp_ratio", "patch_size", "architectures", "id2label", "model_type", "projection_dim"
        };

        /** Channels of the last feature map. */
        public int features() {
            return width * WIDENING;
        }

        /** Places of the last feature map. */
        public int places() {
            return (imageSize / REDUCTION) * (imageSize / REDUCTION);
        }
    }

    private final Conv2d conv1;
    private final BatchNorm2d norm1;
    private final Conv2d conv2;
    private final BatchNorm2d norm2;
    private final Conv2d conv3;
    private final BatchNorm2d norm3;
    private final List<Bottleneck> blocks = new ArrayList<>();
    private final AttentionPool pool;
    private final int outWidth;
    private final Config config;

    /**
     * @param outWidth of the space shared with texts
     * @param lastGains what the last norm of each block begins with
     */
    ModifiedResNet(Config c, int outWidth, Initialization lastGains) {
        config = c;
        conv1 = child("conv1", Conv2d.withoutBias(3, c.width / 2, 3, 2, 1));
        norm1 = child("bn1", new BatchNorm2d(c.width / 2));
        conv2 = child("conv2", Conv2d.withoutBias(c.width / 2, c.width / 2, 3, 1, 1));
        norm2 = child("bn2", new BatchNorm2d(c.width / 2));
        conv3 = child("conv3", Conv2d.withoutBias(c.width / 2, c.width, 3, 1, 1));
        norm3 = child("bn3", new BatchNorm2d(c.width));
        int in = c.width;
        for (int stage = 0; stage < STAGES; stage++) {
            int inner = c.width << stage;
            for (int block = 0; block < c.layers.get(stage); block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                blocks.add(child("layer" + (stage + 1) + "." + block, new Bottleneck(in, inner, stride, lastGains)));
                in = inner * Bottleneck.EXPANSION;
            }
        }
        this.outWidth = outWidth;
        pool = child("attnpool", new AttentionPool(c.places(), c.width * WIDENING, c.heads, outWidth));
    }

    @Override
    public int width() {
        return outWidth;
    }

    @Override
    public Config config() {
        return config;
    }

    /**
     * @param pixels normalised, [batch, 3, height, columns], in multiples of 32
     * @return the last feature map, [batch, 32 width, height / 32, columns / 32]
     */
    public Tensor features(Tensor pixels) {
        pixels.expect("batch", 3, pixels.size(2), pixels.size(3));
        if (pixels.size(2) % REDUCTION != 0 || pixels.size(3) % REDUCTION != 0) {
            throw new IllegalArgumentException("expected pictures in multiples of " + REDUCTION + " pixels, got "
                    + pixels.size(3) + "x" + pixels.size(2));
        }
        Tensor x = stem(pixels.forConvolution());
        for (Bottleneck block : blocks) x = block.forward(x);
        return x;
    }

    private Tensor stem(Tensor pixels) {
        Tensor x = norm1.forward(conv1.forward(pixels.to(conv1.dtype()))).relu();
        x = norm2.forward(conv2.forward(x)).relu();
        return norm3.forward(conv3.forward(x)).relu().averagePool(2);
    }

    @Override
    public Tensor pooled(Tensor pixels) {
        pixels.expect("batch", 3, config.imageSize, config.imageSize);
        return pool.forward(features(pixels));
    }

    @Override
    public Tensor project(Tensor pooled) {
        return pooled;
    }
}

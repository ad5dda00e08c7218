package org.zeuxis.models.nfnet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * NFNet-F0 to F6: residual networks without batch norm. Its keys are those of timm, of which {@code dm_nfnet_f0} to {@code
 * dm_nfnet_f6} open.
 *
 * @see <a href="https://arxiv.org/abs/2102.06171">High-performance large-scale image recognition without normalization</a>,
 *     Table 1 and appendix C
 */
public final class NfNet extends Module {
    /** Pixels of the picture for each place of the last feature map, in height and in columns. */
    public static final int REDUCTION = 32;

    private static final int STAGES = 4;
    private static final int DIVISOR = 8;
    private static final String ARCHITECTURE = "dm_nfnet_f";
    private static final int LARGEST = 6;
    private static final String ARGUMENTS = "model_args";
    /** What Python trains, evaluates and normalizes pictures by. */
    private static final String[] ELSEWHERE = {"pretrained_cfg", "global_pool", "num_features"};

    /**
     * @param depths blocks in each of the four stages
     * @param channels that each stage gives
     * @param stem channels that the stem gives
     * @param groupWidth channels of a group of the 3 × 3 convolutions
     * @param features channels of the last feature map
     * @param classes 0 for none
     */
    public record Config(
            List<Integer> depths, List<Integer> channels, int stem, int groupWidth, int features, int classes) {

        public Config {
            depths = List.copyOf(depths);
            channels = List.copyOf(channels);
            if (depths.size() != STAGES
                    || channels.size() != STAGES
                    || depths.stream().anyMatch(n -> n < 1)) {
                throw new IllegalArgumentException("expected depths of at least 1 and channels of four stages, got "
                        + depths + " and " + channels);
            }
            for (int width : channels) {
                if (width / 2 % groupWidth == 0 && width % 2 == 0) continue;
                throw new IllegalArgumentException(
                        "expected half of the channels in groups of " + groupWidth + ", got " + width + " channels");
            }
            if (classes < 0) throw new IllegalArgumentException("expected classes or 0 for none, got " + classes);
            if (stem % DIVISOR != 0 || features % DIVISOR != 0) {
                throw new IllegalArgumentException(
                        "expected stem and features in multiples of " + DIVISOR + ", got " + stem + " and " + features);
            }
        }

        /** NFNet-F{@code size} of the paper, 0 to 6, without a classifier. */
        public static Config f(int size) {
            if (size < 0 || size > LARGEST) {
                throw new IllegalArgumentException("expected F0 to F" + LARGEST + ", got F" + size);
            }
            int n = size + 1;
            return new Config(List.of(n, 2 * n, 6 * n, 3 * n), List.of(256, 512, 1536, 1536), 128, 128, 3072, 0);
        }

        /** From timm's {@code config.json}: the architecture, and {@code model_args} that change it. */
        public static Config from(org.zeuxis.config.Config c) {
            Config config = from(c, "architecture", c.integer("num_classes", 1000));
            c.refuseUnread(ELSEWHERE);
            return config;
        }

        /**
         * The same within a configuration of something that holds an NFNet.
         *
         * @param key of the architecture
         */
        public static Config from(org.zeuxis.config.Config c, String key, int classes) {
            String name = c.text(key);
            String number = name.startsWith(ARCHITECTURE) ? name.substring(ARCHITECTURE.length()) : "";
            if (!number.matches("[0-" + LARGEST + "]")) {
                throw new ConfigException(c.origin() + ": expected " + key + " to be one of " + ARCHITECTURE + "0 to "
                        + ARCHITECTURE + LARGEST + ", got " + name + "; choose another checkpoint");
            }
            Config base = f(Integer.parseInt(number));
            if (!c.has(ARGUMENTS)) return base.with(classes);
            org.zeuxis.config.Config own = c.child(ARGUMENTS);
            Config config = new Config(
                    own.sizes("depths", base.depths, Size.LAYERS),
                    own.sizes("channels", base.channels, Size.WIDTH),
                    own.size("stem_chs", base.stem, Size.WIDTH),
                    own.size("group_size", base.groupWidth, Size.WIDTH),
                    own.size("num_features", base.features, Size.WIDTH),
                    classes);
            own.refuseUnread();
            return config;
        }

        private Config with(int otherClasses) {
            return new Config(depths, channels, stem, groupWidth, features, otherClasses);
        }

        ConfigWriter write() {
            return write("architecture").put("num_classes", classes);
        }

        /** As {@link #from(org.zeuxis.config.Config, String, int)} reads it. */
        public ConfigWriter write(String key) {
            Config network = with(0);
            for (int size = 0; size <= LARGEST; size++) {
                if (network.equals(f(size))) return new ConfigWriter().put(key, ARCHITECTURE + size);
            }
            Map<String, Object> own = new LinkedHashMap<>();
            own.put("channels", channels);
            own.put("depths", depths);
            own.put("group_size", groupWidth);
            own.put("num_features", features);
            own.put("stem_chs", stem);
            return new ConfigWriter().put(key, ARCHITECTURE + "0").put(ARGUMENTS, own);
        }
    }

    private final List<ScaledStdConv2d> stem = new ArrayList<>();
    private final List<NfBlock> blocks = new ArrayList<>();
    private final ScaledStdConv2d last;
    private final @Nullable Linear classifier;
    private final Config config;

    public NfNet(Config c) {
        config = c;
        int[] widths = {3, c.stem / 8, c.stem / 4, c.stem / 2, c.stem};
        for (int i = 1; i < widths.length; i++) {
            int stride = i == 1 || i == 4 ? 2 : 1;
            stem.add(child("stem.conv" + i, new ScaledStdConv2d(widths[i - 1], widths[i], 3, stride, 1)));
        }
        int in = c.stem;
        double variance = 1;
        for (int stage = 0; stage < STAGES; stage++) {
            int out = c.channels.get(stage);
            for (int i = 0; i < c.depths.get(stage); i++) {
                int stride = stage > 0 && i == 0 ? 2 : 1;
                blocks.add(child(
                        "stages." + stage + "." + i,
                        new NfBlock(in, out, out / 2, c.groupWidth, stride, 1 / Math.sqrt(variance))));
                // a new skip begins with each stage
                variance = (i == 0 ? 1 : variance) + NfBlock.ALPHA * NfBlock.ALPHA;
                in = out;
            }
        }
        last = child("final_conv", ScaledStdConv2d.of(in, c.features, 1));
        classifier = c.classes == 0
                ? null
                : child("head.fc", new Linear(c.features, c.classes, Initialization.normal(0.01)));
    }

    /** The nearest multiple of 8, at least 8. */
    static int divisible(int channels) {
        return Math.max(DIVISOR, (channels + DIVISOR / 2) / DIVISOR * DIVISOR);
    }

    /**
     * Opens a folder of timm: {@code config.json} beside {@code model.safetensors}.
     *
     * @throws IOException if it is none, or another architecture, in one line
     */
    public static NfNet load(Path folder, DType type) throws IOException {
        ModelFolder model = ModelFolder.open(folder);
        return ModelFolder.opened(folder, () -> {
            Config config = Config.from(model.config());
            try (Weights weights = model.weights()) {
                StateDict state = StateDict.of(weights).as(type);
                NfNet net = state.sized(() -> new NfNet(config));
                state.loadInto(net);
                return net;
            }
        });
    }

    /** Writes what {@link #load} opens, and timm's {@code create_model("local-dir:FOLDER")}. */
    public void save(Path folder) throws IOException {
        ModelFolder.save(folder, ModelFolder.Layout.TRANSFORMERS, config.write(), parameters());
    }

    public Config config() {
        return config;
    }

    /**
     * @param pixels normalised, [batch, 3, height, columns], in multiples of 32
     * @return the last feature map, [batch, features, height / 32, columns / 32]
     */
    public Tensor features(Tensor pixels) {
        pixels.expect("batch", 3, pixels.size(2), pixels.size(3));
        if (pixels.size(2) % REDUCTION != 0 || pixels.size(3) % REDUCTION != 0) {
            throw new IllegalArgumentException("expected pictures in multiples of " + REDUCTION + " pixels, got "
                    + pixels.size(3) + "x" + pixels.size(2));
        }
        Tensor x = stem.get(0).forward(pixels.to(stem.get(0).dtype()).forConvolution());
        for (ScaledStdConv2d conv : stem.subList(1, stem.size())) x = conv.forward(NfBlock.activated(x));
        for (NfBlock block : blocks) x = block.forward(x);
        return NfBlock.activated(last.forward(x));
    }

    /**
     * The mean of the last feature map, which a classifier or a contrastive head reads.
     *
     * @return [batch, features]
     */
    public Tensor pooled(Tensor pixels) {
        return features(pixels).mean(3).mean(2).squeeze(3).squeeze(2);
    }

    /**
     * @return scores of the classes, [batch, classes]
     * @throws IllegalStateException if it has no classifier
     */
    public Tensor classify(Tensor pixels) {
        if (classifier == null) throw new IllegalStateException("expected an NFNet with a classifier, got one without");
        return classifier.forward(pooled(pixels));
    }
}

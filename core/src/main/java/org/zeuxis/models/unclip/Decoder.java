package org.zeuxis.models.unclip;

import java.io.IOException;
import java.nio.file.Path;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.Norm;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;
import org.zeuxis.unet.ResamplingConfig;
import org.zeuxis.unet.UNet;
import org.zeuxis.unet.attention.AddedKeyValueAttention;

/**
 * Draws the picture that has a given image embedding: GLIDE's network, in pixels, told what {@link ClipProjection} makes of it.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, section 2.1; <a
 *     href="https://arxiv.org/abs/2112.10741">GLIDE</a>, section 3
 */
public final class Decoder extends Module {

    /**
     * @param unet with twice as many channels out as pictures have where it learns the variance of the reverse step; with twice as
     *     many and one in where it is shown what is known of the picture, and where
     * @param headWidth of each attention head
     * @param tokenWidth of what attention reads
     * @param size height and columns of the pictures it was trained on
     */
    public record Config(ResamplingConfig unet, int headWidth, int tokenWidth, int size) {
        /** @throws IllegalArgumentException if channels do not fall into heads, or the head is of another width */
        public Config {
            int in = unet.inChannels();
            int out = unet.outChannels();
            int channels = channels(in, out);
            if (out != channels && out != 2 * channels) {
                throw new IllegalArgumentException(
                        "expected " + in + " channels out, or " + 2 * in + " with a learned variance, got " + out);
            }
            for (ResamplingConfig.Level level : unet.levels()) checkHeads(level.channels(), level.attends(), headWidth);
            checkHeads(unet.lowestChannels(), true, headWidth);
        }

        /** Of two channels and one more than pictures have in, the others are what is known. */
        private static int channels(int in, int out) {
            boolean plain = out == in || out == 2 * in || in % 2 == 0;
            boolean inpaints = !plain && (out == (in - 1) / 2 || out == in - 1);
            return inpaints ? (in - 1) / 2 : in;
        }

        private static void checkHeads(int channels, boolean attends, int headWidth) {
            if (!attends || channels % headWidth == 0) return;
            throw new IllegalArgumentException(
                    "expected " + channels + " channels in heads of equal width, got a width of " + headWidth);
        }

        /** @throws ConfigException if the published configuration asks for what is not here, naming it */
        public static Config from(org.zeuxis.config.Config c) {
            ResamplingConfig.expectOfConditionModel(c);
            c.expect("addition_embed_type", "null");
            c.expect("class_embed_type", "identity");
            c.expect("cross_attention_norm", "null");
            c.expect("encoder_hid_dim", "null");
            c.expect("encoder_hid_dim_type", "null");
            c.expect("mid_block_only_cross_attention", "null", false);
            c.expect("only_cross_attention", false);
            c.expect("resnet_skip_time_act", false);
            c.expect("time_embedding_act_fn", "null");
            if (!c.has("class_embed_type")) {
                throw new ConfigException(c.origin() + ": expected class_embed_type to be identity, got nothing; choose"
                        + " a decoder that is told an image embedding");
            }
            Config config = new Config(
                    ResamplingConfig.from(c),
                    c.size("attention_head_dim", 8, Size.WIDTH),
                    c.size("cross_attention_dim", 1280, Size.WIDTH),
                    c.sameSize("sample_size", 64, Size.PIXELS));
            c.refuseUnread(Bookkeeping.DIFFUSERS);
            return config;
        }

        /** As the {@code config.json} of diffusers' {@code UNet2DConditionModel}. */
        public ConfigWriter write() {
            return unet.write()
                    .put("_class_name", "UNet2DConditionModel")
                    .put("attention_head_dim", headWidth)
                    .put("class_embed_type", "identity")
                    .put("cross_attention_dim", tokenWidth)
                    .put("mid_block_type", "UNetMidBlock2DSimpleCrossAttn")
                    .put("resnet_out_scale_factor", unet.blocks().divisor())
                    .put("sample_size", size);
        }

        public boolean learnsVariance() {
            return unet.outChannels() == 2 * channels();
        }

        /** Of the pictures that it draws. */
        public int channels() {
            return channels(unet.inChannels(), unet.outChannels());
        }

        /** Whether it is shown what is known of a picture: GLIDE's four further channels. */
        public boolean inpaints() {
            return unet.inChannels() != channels();
        }

        /** The same, shown what is known. */
        public Config inpainting() {
            if (inpaints()) return this;
            int in = 2 * unet.inChannels() + 1;
            ResamplingConfig wider = new ResamplingConfig(in, unet.outChannels(), unet.levels(), unet.blocks());
            return new Config(wider, headWidth, tokenWidth, size);
        }
    }

    private final UNet unet;
    private final Config config;

    public Decoder(Config c) {
        config = c;
        int groups = c.unet.blocks().groups();
        unet = child(
                "",
                new UNet(c.unet.parts(channels -> new AddedKeyValueAttention(
                        channels, channels / c.headWidth, c.tokenWidth, groups, 1e-5, Norm.NONE))));
    }

    /** Opens the {@code decoder} of a published folder, in float32. */
    public static Decoder load(ModelFolder folder) throws IOException {
        return load(folder, DType.FLOAT32);
    }

    /** The same, to compute in {@code type}. */
    public static Decoder load(ModelFolder folder, DType type) throws IOException {
        return UnClipFolder.filled(folder, type, Config::from, Decoder::new);
    }

    public void save(Path folder) throws IOException {
        ModelFolder.save(folder, ModelFolder.Layout.DIFFUSERS, config.write(), parameters());
    }

    public Config config() {
        return config;
    }

    /** What it computes in. */
    public DType dtype() {
        return unet.dtype();
    }

    /**
     * @param x noised pictures, [batch, channels, height, columns]
     * @param t timesteps, [batch]
     * @param told what {@link ClipProjection} gives; its time is added to that of the step
     * @return [batch, outChannels, height, columns], in x's type whatever this computes in
     */
    public Tensor forward(Tensor x, Tensor t, Conditioning told) {
        if (!config.inpaints()) return predict(x, t, told);
        return forward(x, t, Tensor.zeros(x.size(0), config.channels() + 1, x.size(2), x.size(3)), told);
    }

    /**
     * The same of a network that is shown what is known of the pictures.
     *
     * @param known what {@link #shown} gives
     */
    public Tensor forward(Tensor x, Tensor t, Tensor known, Conditioning told) {
        return predict(Tensor.cat(1, x, known), t, told);
    }

    /**
     * What is known of pictures, as the network is shown it: the pictures without the rest, and where they are known.
     *
     * @param x0 [batch, channels, height, columns]
     * @param unknown 1 where they are to be drawn, 0 where they are known, [batch, 1, height, columns]
     * @return [batch, channels + 1, height, columns]
     */
    public static Tensor shown(Tensor x0, Tensor unknown) {
        Tensor known = unknown.negate().plus(1);
        return Tensor.cat(1, x0.times(known), known);
    }

    private Tensor predict(Tensor x, Tensor t, Conditioning told) {
        Tensor own = x.to(unet.dtype());
        Tensor time = unet.time(t, own).plus(told.time());
        return unet.forward(own, new Conditioning(time, told.tokens(), told.mask()))
                .to(x.dtype());
    }
}

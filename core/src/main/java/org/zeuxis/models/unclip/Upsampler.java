package org.zeuxis.models.unclip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Bands;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Recomputation;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;
import org.zeuxis.unet.ResamplingConfig;
import org.zeuxis.unet.SpatialMixer;
import org.zeuxis.unet.UNet;

/**
 * Denoises a large picture beside the small one it is to agree with: ADM's network without text and without attention, so that
 * what it learned on crops holds for whole pictures.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, section 2.1
 */
public final class Upsampler extends Module {

    /**
     * @param unet with twice as many channels in as out: the noised picture and the small one
     * @param size height and columns of the pictures it makes
     */
    public record Config(ResamplingConfig unet, int size) {
        /** @throws IllegalArgumentException if the channels are not those of two pictures in and one out */
        public Config {
            if (unet.inChannels() != 2 * unet.outChannels()) {
                throw new IllegalArgumentException("expected " + 2 * unet.outChannels()
                        + " channels in, twice as many as out, got " + unet.inChannels());
            }
            if (unet.levels().stream().anyMatch(ResamplingConfig.Level::attends)) {
                throw new IllegalArgumentException("expected levels of ResnetDownsampleBlock2D, got one that attends;"
                        + " an upsampler has no attention");
            }
        }

        /** @throws ConfigException if the published configuration asks for what is not here, naming it */
        public static Config from(org.zeuxis.config.Config c) {
            c.expect("_class_name", "UNet2DModel");
            c.expect("add_attention", false);
            // of attention, of which there is none
            c.expect("attention_head_dim", 8);
            c.expect("attn_norm_num_groups", "null");
            c.expect("class_embed_type", "null");
            c.expect("downsample_type", "conv");
            c.expect("mid_block_type", "UNetMidBlock2D");
            c.expect("num_train_timesteps", "null");
            c.expect("upsample_type", "conv");
            if (!c.has("add_attention")) {
                throw new ConfigException(c.origin() + ": expected add_attention to be false, got nothing; choose an"
                        + " upsampler without attention");
            }
            Config config = new Config(ResamplingConfig.from(c), c.sameSize("sample_size", 256, Size.PIXELS));
            c.refuseUnread(Bookkeeping.DIFFUSERS);
            return config;
        }

        /** As the {@code config.json} of diffusers' {@code UNet2DModel}. */
        public ConfigWriter write() {
            return unet.write()
                    .put("_class_name", "UNet2DModel")
                    .put("add_attention", false)
                    .put("sample_size", size);
        }
    }

    private final UNet unet;
    private final Config config;

    public Upsampler(Config c) {
        config = c;
        unet = child("", new UNet(c.unet.parts(channels -> SpatialMixer.NONE)));
    }

    /** Opens {@code super_res_first} or {@code super_res_last} of a published folder, in float32. */
    public static Upsampler load(ModelFolder folder) throws IOException {
        return load(folder, DType.FLOAT32);
    }

    /** The same, to compute in {@code type}. */
    public static Upsampler load(ModelFolder folder, DType type) throws IOException {
        return UnClipFolder.filled(folder, type, Config::from, Upsampler::new);
    }

    public void save(Path folder) throws IOException {
        ModelFolder.save(folder, ModelFolder.Layout.DIFFUSERS, config.write(), parameters());
    }

    public Config config() {
        return config;
    }

    /**
     * @param x the noised picture, [batch, 3, height, columns]
     * @param t timesteps, [batch]
     * @param small the picture to enlarge, already brought to the size of x, of x's shape
     * @return [batch, 3, height, columns], in x's type whatever this computes in
     */
    public Tensor forward(Tensor x, Tensor t, Tensor small) {
        Tensor both = Tensor.cat(1, x, small).to(unet.dtype());
        Tensor time = unet.time(t, both);
        if (!Bands.suit(1, x.size(2), x.size(3)))
            return unet.forward(both, Conditioning.of(time)).to(x.dtype());
        List<Tensor> each = new ArrayList<>(); // one large picture at a time, as memory is that of one
        for (long i = 0; i < x.size(0); i++) {
            Conditioning own = Conditioning.of(time.slice(0, i, i + 1));
            each.add(Recomputation.within(picture -> unet.forward(picture, own), both.slice(0, i, i + 1)));
        }
        return Tensor.cat(0, each.toArray(Tensor[]::new)).to(x.dtype());
    }
}

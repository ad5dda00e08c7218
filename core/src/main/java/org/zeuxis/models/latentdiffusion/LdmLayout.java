package org.zeuxis.models.latentdiffusion;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.zeuxis.checkpoint.KeyMap;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Size;
import org.zeuxis.models.clip.OpenAiLayout;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;

/**
 * The names of CompVis's and Stability's own code, in which Stable Diffusion 1 and 2 were released as one file: blocks are
 * numbered through, and text encoder, U-Net and autoencoder lie beside one another.
 *
 * @see <a href="https://github.com/CompVis/stable-diffusion">Stable Diffusion's release</a>
 */
final class LdmLayout {
    static final String UNET = "unet.";
    static final String AUTOENCODER = "vae.";
    static final String TEXT = "text_encoder.";
    /** Of Stable Diffusion 2. */
    static final String SECOND_TEXT = "text_encoder_2.";

    static final String OLD_UNET = "model.diffusion_model.";
    static final String OLD_AUTOENCODER = "first_stage_model.";
    /** Of an upscaler: how noisy the small picture is, [levels, timeWidth]. */
    static final String NOISE_LEVELS = OLD_UNET + "label_emb.weight";
    /** Of the same: the noise that the small picture is given, [timesteps]. */
    static final String LOW_BETAS = "low_scale_model.betas";
    /** Of transformers' CLIP, in Stable Diffusion 1. */
    static final String OLD_TEXT = "cond_stage_model.transformer.";
    /** Of open_clip's, in Stable Diffusion 2. */
    static final String OPEN_CLIP = "cond_stage_model.model.";

    /** Averages of the U-Net's weights, which training goes on without. */
    static final String AVERAGE = "model_ema.";

    private static final String RESIDUAL = "transformer.resblocks.";

    private final KeyMap keys = new KeyMap();

    /** The keys of the whole file, to diffusers', each part under its prefix of these. */
    static KeyMap keys(UNetConfig unet, AutoencoderKl.Config autoencoder, int textLayers) {
        LdmLayout layout = new LdmLayout();
        layout.texts(textLayers);
        layout.unet(unet);
        layout.autoencoder(autoencoder);
        return layout.keys.drop(AVERAGE + "*");
    }

    private LdmLayout() {}

    /** Stable Diffusion 2 reads what the last layer but one gives: the last is left out. */
    private void texts(int layers) {
        keys.drop(OPEN_CLIP + RESIDUAL + layers + ".*")
                .drop(OPEN_CLIP + "text_projection")
                .drop(OPEN_CLIP + "logit_scale")
                .drop(OPEN_CLIP + "attn_mask");
        OpenAiLayout.texts(keys, OPEN_CLIP, SECOND_TEXT);
        keys.rename(OLD_TEXT + "text_model.*", TEXT + "*").rename(OLD_TEXT + "*", TEXT + "*");
    }

    private void unet(UNetConfig c) {
        keys.rename(OLD_UNET + "time_embed.0.*", UNET + "time_embedding.linear_1.*")
                .rename(OLD_UNET + "time_embed.2.*", UNET + "time_embedding.linear_2.*")
                .rename(OLD_UNET + "label_emb.*", UNET + "class_embedding.*")
                .rename(OLD_UNET + "input_blocks.0.0.*", UNET + "conv_in.*")
                .rename(OLD_UNET + "out.0.*", UNET + "conv_norm_out.*")
                .rename(OLD_UNET + "out.2.*", UNET + "conv_out.*");
        resBlock("middle_block.0", "mid_block.resnets.0");
        keys.rename(OLD_UNET + "middle_block.1.*", UNET + "mid_block.attentions.0.*");
        resBlock("middle_block.2", "mid_block.resnets.1");
        int last = c.levels().size() - 1;
        int number = 1; // through all levels
        for (int level = 0; level <= last; level++) {
            String here = "down_blocks." + level;
            for (int block = 0; block < c.layersPerLevel(); block++) {
                String old = "input_blocks." + number++;
                resBlock(old + ".0", here + ".resnets." + block);
                if (c.levels().get(level).attends()) {
                    keys.rename(OLD_UNET + old + ".1.*", UNET + here + ".attentions." + block + ".*");
                }
            }
            if (level == last) continue;
            keys.rename(OLD_UNET + "input_blocks." + number++ + ".0.op.*", UNET + here + ".downsamplers.0.conv.*");
        }
        number = 0;
        for (int up = 0; up <= last; up++) {
            String here = "up_blocks." + up;
            boolean attends = c.levels().get(last - up).attends();
            for (int block = 0; block <= c.layersPerLevel(); block++) {
                String old = "output_blocks." + number++;
                resBlock(old + ".0", here + ".resnets." + block);
                if (attends) keys.rename(OLD_UNET + old + ".1.*", UNET + here + ".attentions." + block + ".*");
                if (block < c.layersPerLevel() || up == last) continue;
                keys.rename(OLD_UNET + old + (attends ? ".2" : ".1") + ".conv.*", UNET + here + ".upsamplers.0.conv.*");
            }
        }
    }

    private void resBlock(String old, String here) {
        String from = OLD_UNET + old + ".";
        String to = UNET + here + ".";
        keys.rename(from + "in_layers.0.*", to + "norm1.*")
                .rename(from + "in_layers.2.*", to + "conv1.*")
                .rename(from + "emb_layers.1.*", to + "time_emb_proj.*")
                .rename(from + "out_layers.0.*", to + "norm2.*")
                .rename(from + "out_layers.3.*", to + "conv2.*")
                .rename(from + "skip_connection.*", to + "conv_shortcut.*");
    }

    private void autoencoder(AutoencoderKl.Config c) {
        int last = c.channels().size() - 1;
        for (boolean encodes : new boolean[] {true, false}) {
            String half = encodes ? "encoder." : "decoder.";
            String old = OLD_AUTOENCODER + half;
            String here = AUTOENCODER + half;
            keys.rename(old + "norm_out.*", here + "conv_norm_out.*");
            autoencoderBlock(old + "mid.block_1.", here + "mid_block.resnets.0.");
            autoencoderBlock(old + "mid.block_2.", here + "mid_block.resnets.1.");
            String attention = here + "mid_block.attentions.0.";
            keys.rename(old + "mid.attn_1.norm.*", attention + "group_norm.*");
            for (String name : List.of("q", "k", "v")) projection(old + "mid.attn_1." + name, attention + "to_" + name);
            projection(old + "mid.attn_1.proj_out", attention + "to_out.0");
            for (int level = 0; level <= last; level++) {
                String from = old + (encodes ? "down." : "up.") + level + ".";
                // the decoder numbers its levels from the finest one
                String to = here + (encodes ? "down_blocks." + level : "up_blocks." + (last - level)) + ".";
                for (int block = 0; block < c.layersPerLevel() + (encodes ? 0 : 1); block++) {
                    autoencoderBlock(from + "block." + block + ".", to + "resnets." + block + ".");
                }
                keys.rename(
                        from + (encodes ? "downsample" : "upsample") + ".conv.*",
                        to + (encodes ? "downsamplers" : "upsamplers") + ".0.conv.*");
            }
        }
        keys.rename(OLD_AUTOENCODER + "*", AUTOENCODER + "*");
    }

    /** A convolution of one pixel there, a matrix here. */
    private void projection(String from, String to) {
        keys.onePixel(from + ".weight", to + ".weight").rename(from + ".bias", to + ".bias");
    }

    private void autoencoderBlock(String from, String to) {
        keys.rename(from + "nin_shortcut.*", to + "conv_shortcut.*").rename(from + "*", to + "*");
    }

    /** Whether this is the old name of something in the U-Net, the autoencoder or the text encoder. */
    static boolean isOfAPart(String old) {
        return Stream.of(OLD_UNET, OLD_AUTOENCODER, OLD_TEXT, OPEN_CLIP).anyMatch(old::startsWith);
    }

    /** How many there are of what is numbered from 0 after this beginning. */
    static int count(Weights weights, String beginning) {
        Pattern number = Pattern.compile(Pattern.quote(beginning) + "(\\d{1,4})\\..*");
        int count = 1
                + weights.names().stream()
                        .map(number::matcher)
                        .filter(Matcher::matches)
                        .mapToInt(m -> Integer.parseInt(m.group(1)))
                        .max()
                        .orElse(-1);
        if (count <= Size.LAYERS.largest()) return count;
        throw new IllegalArgumentException(weights.origin() + ": expected at most " + Size.LAYERS.largest() + " of "
                + beginning + "0 and so on, got one of number " + (count - 1) + "; choose another checkpoint");
    }
}

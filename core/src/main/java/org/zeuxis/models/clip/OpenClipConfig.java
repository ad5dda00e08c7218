package org.zeuxis.models.clip;

import java.util.List;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.Size;
import org.zeuxis.nn.Activation;

/**
 * The {@code model_cfg} of open_clip: a text transformer beside a vision transformer, a ResNet or timm's NFNet, plain ones alone.
 *
 * @see <a href="https://github.com/mlfoundations/open_clip">open_clip</a>
 */
final class OpenClipConfig {
    private static final List<String> REFINEMENTS = List.of(
            "qk_norm",
            "scaled_cosine_attn",
            "scale_heads",
            "scale_attn_inner",
            "scale_attn",
            "scale_fc",
            "output_tokens");

    private OpenClipConfig() {}

    /** @throws IllegalArgumentException if it asks for what is not here, naming it */
    static Clip.Config from(Config c) {
        c.expect("custom_text", true, false);
        c.expect("init_logit_bias", "null");
        c.expect("nonscalar_logit_scale", false);
        Activation activation = c.flag("quick_gelu", false) ? Activation.QUICK_GELU : Activation.GELU;
        Config vision = c.child("vision_cfg");
        Clip.Config config = new Clip.Config(
                text(c.child("text_cfg"), activation),
                ImageTower.Config.isConvolutional(vision)
                        ? ImageTower.Config.convolutional(vision)
                        : vision(vision, activation),
                c.size("embed_dim", Size.WIDTH));
        c.refuseUnread(Bookkeeping.OPEN_CLIP);
        return config;
    }

    private static ClipTextModel.Config text(Config c, Activation activation) {
        expectPlainBlocks(c);
        c.expect("embed_cls", false);
        c.expect("final_ln_after_pool", true, false); // read by nobody in a text tower
        c.expect("hf_model_name", "null", "");
        c.expect("no_causal_mask", false);
        c.expect("pool_type", "argmax");
        c.expect("proj_bias", false);
        c.expect("proj_type", "linear");
        c.expect("tokenizer_kwargs", "null", "{}");
        c.expect("tokenizer_mode", "null");
        int vocabulary = c.size("vocab_size", 49408, Size.VOCABULARY);
        int width = c.size("width", 512, Size.WIDTH);
        int heads = c.size("heads", 8, Size.WIDTH);
        c.expectEqualParts("width", width, "heads", heads);
        ClipTextModel.Config config = new ClipTextModel.Config(
                vocabulary,
                c.size("context_length", ClipTextModel.Config.VIT_L_14.context(), Size.TOKENS),
                width,
                c.size("layers", 12, Size.LAYERS),
                heads,
                innerWidth(c, width),
                activation,
                vocabulary - 1);
        c.refuseUnread(Bookkeeping.OPEN_CLIP);
        return config;
    }

    private static ClipVisionModel.Config vision(Config c, Activation activation) {
        expectPlainVision(c);
        int width = c.size("width", 768, Size.WIDTH);
        int headWidth = c.size("head_width", OpenAiLayout.HEAD, Size.WIDTH);
        int image = c.sameSize("image_size", 224, Size.PIXELS);
        int patch = c.sameSize("patch_size", 16, Size.PIXELS);
        c.expectEqualParts("width", width, "head_width", headWidth);
        c.expectEqualParts("image_size", image, "patch_size", patch);
        ClipVisionModel.Config config = new ClipVisionModel.Config(
                image,
                patch,
                width,
                c.size("layers", 12, Size.LAYERS),
                width / headWidth,
                innerWidth(c, width),
                activation);
        c.refuseUnread(Bookkeeping.OPEN_CLIP);
        return config;
    }

    /** Every key of {@code CLIPVisionCfg} whose other values ask for what is not here. */
    static void expectPlainVision(Config c) {
        expectPlainBlocks(c);
        c.expect("attentional_pool", false);
        c.expect("final_ln_after_pool", false);
        c.expect("no_ln_pre", false);
        c.expect("pool_type", "tok");
        c.expect("pos_embed_type", "learnable");
        c.expect("timm_model_name", "null", "");
    }

    private static void expectPlainBlocks(Config c) {
        c.expect("act_kwargs", "null", "{}");
        c.expect("block_type", "null", "default");
        c.expect("ls_init_value", "null");
        c.expect("norm_kwargs", "null", "{}");
        for (String refinement : REFINEMENTS) c.expect(refinement, false);
    }

    private static int innerWidth(Config c, int width) {
        double inner = width * c.positive("mlp_ratio", 4);
        if (inner >= 1 && inner <= Size.WIDTH.largest()) return (int) inner;
        throw new ConfigException(c.origin() + ": expected width * mlp_ratio from 1 to " + Size.WIDTH.largest()
                + ", got " + inner + "; check the file");
    }
}

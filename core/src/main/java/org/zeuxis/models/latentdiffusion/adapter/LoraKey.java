package org.zeuxis.models.latentdiffusion.adapter;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the name of a tensor says, in each form that LoRAs are published in.
 *
 * @param network whose layer it is of
 * @param layer its name: with dots, or as kohya writes it, with {@code _} for them
 * @param role which of the layer's tensors
 */
record LoraKey(Network network, String layer, Role role) {
    /** What a LoRA may change. */
    enum Network {
        UNET("U-Net"),
        TEXT("text encoder");

        final String words;

        Network(String words) {
            this.words = words;
        }
    }

    /** The tensors of a layer. */
    enum Role {
        DOWN,
        MID,
        UP,
        ALPHA
    }

    private static final Map<String, Role> ENDINGS = Map.of(
            ".lora_down.weight", Role.DOWN,
            ".lora_mid.weight", Role.MID,
            ".lora_up.weight", Role.UP,
            ".alpha", Role.ALPHA,
            ".lora_A.weight", Role.DOWN,
            ".lora_B.weight", Role.UP,
            ".lora_linear_layer.down.weight", Role.DOWN,
            ".lora_linear_layer.up.weight", Role.UP);
    /** Of diffusers before it used peft: {@code attn1.to_q.lora.down.weight}, {@code attn1.processor.to_q_lora.down.weight}. */
    private static final Pattern OLD =
            Pattern.compile("(.*?)(\\.processor)?(\\.to_(?:q|k|v|out))?[._]lora\\.(down|up)\\.weight");

    private static final Map<String, String> OF_TEXT =
            Map.of(".to_q", ".q_proj", ".to_k", ".k_proj", ".to_v", ".v_proj", ".to_out", ".out_proj");
    private static final List<String> OF_UNET =
            List.of("down_blocks.", "mid_block.", "up_blocks.", "conv_in.", "conv_out.", "time_embedding.");

    /** The same of another of the layer's tensors. */
    LoraKey of(Role other) {
        return new LoraKey(network, layer, other);
    }

    /** Null if the name is of none of these forms. */
    static @Nullable LoraKey of(String key) {
        for (Map.Entry<String, Role> ending : ENDINGS.entrySet()) {
            if (key.endsWith(ending.getKey())) {
                return named(key.substring(0, key.length() - ending.getKey().length()), ending.getValue());
            }
        }
        Matcher old = OLD.matcher(key);
        if (!old.matches()) return null;
        String place = old.group(3) == null ? "" : old.group(3);
        if (old.group(1).startsWith("text_encoder.")) place = OF_TEXT.getOrDefault(place, place);
        else if (place.equals(".to_out") && !old.group(1).endsWith(".to_out")) place = ".to_out.0";
        return named(old.group(1) + place, old.group(4).equals("down") ? Role.DOWN : Role.UP);
    }

    private static @Nullable LoraKey named(String layer, Role role) {
        for (String start : List.of("lora_unet_", "unet.")) {
            if (layer.startsWith(start)) return new LoraKey(Network.UNET, layer.substring(start.length()), role);
        }
        for (String start : List.of("lora_te_", "text_encoder.")) {
            if (!layer.startsWith(start)) continue;
            String rest = layer.substring(start.length());
            boolean prefixed = rest.startsWith("text_model") && rest.length() > 11;
            return new LoraKey(Network.TEXT, prefixed ? rest.substring(11) : rest, role);
        }
        return OF_UNET.stream().anyMatch(layer::startsWith) ? new LoraKey(Network.UNET, layer, role) : null;
    }

    /** Whether only a LoRA of Stable Diffusion XL has such a key. */
    static boolean isOfXl(String key) {
        return key.matches("lora_te[123]_.*|text_encoder_[23]\\..*|lora_unet_(input|output|middle)_block.*");
    }

    /** What a file is that has a key of no form that is read, or of another model: in words, with the fix. */
    static String refusal(String key) {
        if (key.contains(".hada_")) return "of a LoHa, which is not supported; choose a LoRA";
        if (key.contains(".lokr_")) return "of a LoKr, which is not supported; choose a LoRA";
        if (key.contains("dora_scale") || key.contains("magnitude_vector")) {
            return "of a DoRA, which is not supported; choose a LoRA";
        }
        if (key.startsWith("base_model.")) {
            return "of peft, whose alpha lies in another file; save it with the pipeline's save_lora_weights";
        }
        if (isOfXl(key)) {
            return "of a LoRA of Stable Diffusion XL; choose one of this model";
        }
        if (key.matches("(lora_)?(transformer|diffusion_model)[._].*|lora_unet_(double|single|joint)_.*")) {
            return "of a LoRA of a transformer, such as Stable Diffusion 3 and Flux have; choose one of this model";
        }
        return "which is of no LoRA of Stable Diffusion 1 or 2; choose another file";
    }
}

package org.zeuxis.hub.recognition;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.checkpoint.format.WeightsFile;
import org.zeuxis.hub.recognition.Recognition.Form;
import org.zeuxis.text.Words;

/** Tells by the keys of a file of weights whose they are. */
final class FileKeys {
    private static final List<String> ENDINGS = List.of(".safetensors", ".gguf", ".ckpt", ".pt", ".pth", ".bin");
    private static final Pattern ADAPTER = Pattern.compile(
            "lora_(unet|te|te1|te2|transformer)_.*|(.*\\.)?(lora_[AB]|lora_(down|up)|lora\\.(down|up)|lora_linear_layer|processor\\..*_lora|hada_w1_a|lokr_w1)(\\..*)?");
    private static final Set<Set<String>> INVERSIONS =
            Set.of(Set.of("emb_params"), Set.of("clip_l", "clip_g"), Set.of("clip_l"), Set.of("string_to_param"));

    /** What a kind is told by. */
    private record Kind(String type, String words, Predicate<Set<String>> fits) {
        static Kind of(String type, String words, String... beginnings) {
            return new Kind(type, words, keys -> Arrays.stream(beginnings).allMatch(b -> any(keys, b)));
        }
    }

    /** In this order. */
    private static final List<Kind> KINDS = List.of(
            new Kind(
                    "lora",
                    "a LoRA",
                    keys -> keys.stream().anyMatch(k -> ADAPTER.matcher(k).matches())),
            Kind.of(
                    "openai-clip",
                    "a CLIP in OpenAI's layout",
                    "visual.",
                    "token_embedding.weight",
                    "positional_embedding"),
            Kind.of("sd3", "a Stable Diffusion 3 checkpoint", "model.diffusion_model.joint_blocks."),
            Kind.of("chroma", "a Chroma checkpoint", "model.diffusion_model.distilled_guidance_layer."),
            Kind.of("flux", "a Flux checkpoint", "model.diffusion_model.double_blocks."),
            Kind.of("ltx", "an LTX-Video checkpoint", "model.diffusion_model.patchify_proj."),
            Kind.of("lumina2", "a Lumina 2 checkpoint", "model.diffusion_model.cap_embedder."),
            Kind.of("wan", "a Wan checkpoint", "model.diffusion_model.head.modulation"),
            Kind.of("svd", "a Stable Video Diffusion checkpoint", "model.diffusion_model.input_blocks.1.0.time_stack."),
            Kind.of("sdxl", "a Stable Diffusion XL checkpoint", "conditioner.embedders.1."),
            Kind.of("sdxl-refiner", "the checkpoint of a Stable Diffusion XL refiner", "conditioner.embedders.0."),
            Kind.of("sd-depth", "a Stable Diffusion depth checkpoint", "model.diffusion_model.", "depth_model."),
            Kind.of(
                    "sd-upscale",
                    "a Stable Diffusion upscaling checkpoint",
                    "model.diffusion_model.",
                    "low_scale_model."),
            // without what the training of the release kept beside them
            Kind.of("sd-upscale", "a Stable Diffusion upscaling checkpoint", "model.diffusion_model.label_emb.weight"),
            Kind.of(
                    "sd1",
                    "a Stable Diffusion 1.x checkpoint",
                    "model.diffusion_model.",
                    "cond_stage_model.transformer."),
            Kind.of("sd2", "a Stable Diffusion 2.x checkpoint", "model.diffusion_model.", "cond_stage_model.model."),
            Kind.of("control", "a ControlNet", "control_model."),
            Kind.of("control", "a ControlNet", "controlnet_cond_embedding."),
            Kind.of("ldm-unet", "the U-Net of a checkpoint in CompVis's names", "model.diffusion_model."),
            Kind.of("chroma", "the transformer of a Chroma", "distilled_guidance_layer."),
            Kind.of("flux", "the transformer of a Flux", "double_blocks.0.img_attn"),
            Kind.of("flux", "the transformer of a Flux", "single_transformer_blocks.0.", "context_embedder."),
            Kind.of(
                    "sd3",
                    "the transformer of a Stable Diffusion 3",
                    "transformer_blocks.0.attn.add_q_proj.",
                    "pos_embed.proj."),
            Kind.of("pixart", "the transformer of a PixArt", "y_embedder.y_embedding", "t_block."),
            Kind.of("pixart", "the transformer of a PixArt", "adaln_single.", "caption_projection."),
            Kind.of("auraflow", "the transformer of an AuraFlow", "double_layers.0.attn.w1q."),
            Kind.of("cascade", "the prior of a Stable Cascade", "clip_txt_mapper."),
            Kind.of("sana", "the transformer of a Sana", "blocks.0.cross_attn.q_linear."),
            Kind.of("sd3", "the transformer of a Stable Diffusion 3", "joint_blocks.0."),
            Kind.of("qwen-image", "the transformer of a Qwen-Image", "transformer_blocks.0.img_mod."),
            Kind.of("vae", "an autoencoder", "first_stage_model.encoder."),
            Kind.of("vae", "an autoencoder", "encoder.conv_in.", "decoder.conv_in."),
            Kind.of("unet", "the U-Net of a Stable Diffusion XL", "conv_in.", "add_embedding.linear_1."),
            Kind.of("unet", "the U-Net of a pipeline", "conv_in.", "time_embedding.", "down_blocks.0."),
            Kind.of("clip", "the weights of a CLIP of transformers", "text_model.", "vision_model."),
            Kind.of("clip-text", "the text tower of a CLIP", "text_model."),
            Kind.of("clip-vision", "the image tower of a CLIP", "vision_model."),
            Kind.of("inception", "an InceptionV3", "Conv2d_1a_3x3.conv.", "Mixed_7c."),
            Kind.of("t5", "a T5", "encoder.block.0.layer.0.SelfAttention."),
            Kind.of("llama", "a language model in LLaMA's names", "model.layers.0.self_attn.q_proj."),
            Kind.of("gpt2", "a GPT-2", "h.0.attn.c_attn."),
            Kind.of("gpt2", "a GPT-2", "transformer.h.0.attn.c_attn."));

    private FileKeys() {}

    static boolean mayBeWeights(Path file) {
        return ENDINGS.stream().anyMatch(String.valueOf(file.getFileName())::endsWith) && Files.isRegularFile(file);
    }

    /** @throws IOException if it is no file of weights, saying what it is instead */
    static Recognition recognize(Path file) throws IOException {
        if (magic(file).equals("GGUF")) return new Recognition(Form.FILE, "gguf", "a GGUF file of llama.cpp");
        boolean archive = WeightsFile.isArchive(file);
        try (Weights weights = WeightsFile.of(file)) {
            Recognition is = of(weights);
            // OpenAI published archives alone; in the other format its names are those of open_clip
            return archive || !is.isFile("openai-clip")
                    ? is
                    : new Recognition(Form.FILE, "clip", "the weights of a CLIP of open_clip");
        }
    }

    private static Recognition of(Weights weights) {
        Set<String> keys = weights.names();
        if (isInversion(weights)) return new Recognition(Form.FILE, "textual-inversion", "a textual inversion");
        for (Kind kind : KINDS) {
            if (kind.fits.test(keys)) return new Recognition(Form.FILE, kind.type, kind.words);
        }
        String first = keys.isEmpty() ? "none" : Words.clean(keys.iterator().next());
        return new Recognition(Form.FILE, "", "weights that no model here is told by, the first of them " + first);
    }

    /** A few vectors of one width: for two text towers, as notebooks wrote it, or as diffusers does by the new word alone. */
    private static boolean isInversion(Weights weights) {
        Set<String> keys = weights.names();
        if (INVERSIONS.contains(keys)) return true;
        if (keys.size() != 1) return false;
        String only = keys.iterator().next();
        return weights.shape(only).length <= 2 && (only.startsWith("<") || only.startsWith("string_to_param"));
    }

    private static boolean any(Set<String> keys, String beginning) {
        return keys.stream().anyMatch(key -> key.startsWith(beginning));
    }

    private static String magic(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(4), StandardCharsets.ISO_8859_1);
        }
    }
}

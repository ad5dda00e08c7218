package org.zeuxis.hub.recognition;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the class names of diffusers and the {@code model_type}s of transformers are called by people. */
final class ClassNames {
    /** By the beginning of a name; of several that fit, the first. */
    private static final Map<String, String> FAMILIES = new LinkedHashMap<>();

    static {
        FAMILIES.put("StableDiffusionXL", "Stable Diffusion XL");
        FAMILIES.put("StableDiffusion3", "Stable Diffusion 3");
        FAMILIES.put("StableDiffusionUpscale", "Stable Diffusion upscaling");
        FAMILIES.put("StableDiffusionLatentUpscale", "Stable Diffusion upscaling");
        FAMILIES.put("StableDiffusionDepth", "Stable Diffusion depth");
        FAMILIES.put("StableDiffusionInpaint", "Stable Diffusion inpainting");
        FAMILIES.put("StableDiffusionInstructPix2Pix", "InstructPix2Pix");
        FAMILIES.put("StableDiffusionControlNet", "Stable Diffusion ControlNet");
        FAMILIES.put("StableDiffusion", "Stable Diffusion");
        FAMILIES.put("StableUnCLIP", "Stable unCLIP");
        FAMILIES.put("StableCascade", "Stable Cascade");
        FAMILIES.put("StableVideo", "Stable Video Diffusion");
        FAMILIES.put("StableAudio", "Stable Audio");
        FAMILIES.put("UnCLIP", "unCLIP (Karlo)");
        FAMILIES.put("Flux", "Flux");
        FAMILIES.put("QwenImage", "Qwen-Image");
        FAMILIES.put("IF", "DeepFloyd IF");
        FAMILIES.put("Kandinsky", "Kandinsky");
        FAMILIES.put("Wuerstchen", "Würstchen");
        FAMILIES.put("PixArt", "PixArt");
        FAMILIES.put("HunyuanDiT", "Hunyuan-DiT");
        FAMILIES.put("HunyuanVideo", "HunyuanVideo");
        FAMILIES.put("HunyuanImage", "HunyuanImage");
        FAMILIES.put("LatentConsistencyModel", "latent consistency");
        FAMILIES.put("LDMTextToImage", "latent diffusion (BERT)");
        FAMILIES.put("LDMSuperResolution", "latent diffusion super-resolution");
        FAMILIES.put("AltDiffusion", "AltDiffusion");
        FAMILIES.put("VersatileDiffusion", "Versatile Diffusion");
        FAMILIES.put("AuraFlow", "AuraFlow");
        FAMILIES.put("Lumina", "Lumina");
        FAMILIES.put("Sana", "Sana");
        FAMILIES.put("CogVideo", "CogVideoX");
        FAMILIES.put("CogView", "CogView");
        FAMILIES.put("Chroma", "Chroma");
        FAMILIES.put("HiDream", "HiDream");
        FAMILIES.put("ZImage", "Z-Image");
        FAMILIES.put("LTX", "LTX-Video");
        FAMILIES.put("Wan", "Wan");
        FAMILIES.put("AnimateDiff", "AnimateDiff");
        FAMILIES.put("DiT", "DiT");
    }

    private static final Map<String, String> MODELS = Map.ofEntries(
            Map.entry("clip", "a CLIP"),
            Map.entry("CLIPModel", "a CLIP"),
            Map.entry("clip_text_model", "the text tower of a CLIP"),
            Map.entry("clip_vision_model", "the image tower of a CLIP"),
            Map.entry("image_classifier", "an image classifier of Zeuxis"),
            Map.entry("chinese_clip", "a Chinese CLIP"),
            Map.entry("siglip", "a SigLIP"),
            Map.entry("siglip2", "a SigLIP 2"),
            Map.entry("align", "an ALIGN"),
            Map.entry("blip", "a BLIP"),
            Map.entry("blip-2", "a BLIP-2"),
            Map.entry("llava", "a LLaVA"),
            Map.entry("idefics", "an IDEFICS"),
            Map.entry("t5", "a T5"),
            Map.entry("mt5", "an mT5"),
            Map.entry("umt5", "a UMT5"),
            Map.entry("bert", "a BERT"),
            Map.entry("roberta", "a RoBERTa"),
            Map.entry("mpnet", "an MPNet"),
            Map.entry("gpt2", "a GPT-2"),
            Map.entry("gpt_neox", "a GPT-NeoX"),
            Map.entry("opt", "an OPT"),
            Map.entry("mpt", "an MPT"),
            Map.entry("llama", "a LLaMA"),
            Map.entry("mistral", "a Mistral"),
            Map.entry("gemma", "a Gemma"),
            Map.entry("gemma2", "a Gemma 2"),
            Map.entry("gemma3", "a Gemma 3"),
            Map.entry("qwen2", "a Qwen 2"),
            Map.entry("qwen2_vl", "a Qwen2-VL"),
            Map.entry("qwen2_5_vl", "a Qwen2.5-VL"),
            Map.entry("qwen3", "a Qwen 3"),
            Map.entry("phi", "a Phi"),
            Map.entry("vit", "a vision transformer"),
            Map.entry("dinov2", "a DINOv2"),
            Map.entry("whisper", "a Whisper"),
            Map.entry("AutoencoderKL", "the autoencoder of a pipeline"),
            Map.entry("UNet2DConditionModel", "the U-Net of a pipeline"),
            Map.entry("UNet2DModel", "a U-Net without text"),
            Map.entry("PriorTransformer", "the prior of an unCLIP"),
            Map.entry("ControlNetModel", "a ControlNet"));

    private ClassNames() {}

    /** With an article, and the name itself where it says more. */
    static String words(String type) {
        if (type.isEmpty()) return "a model whose configuration does not say of what kind it is";
        String model = MODELS.get(type);
        if (model != null) return model + " (" + type + ")";
        if (type.matches("[A-Z].*(Pipeline|PriorPipeline|Img2Img|Decoder)")) {
            for (Map.Entry<String, String> family : FAMILIES.entrySet()) {
                if (type.startsWith(family.getKey())) return article(family.getValue()) + " pipeline (" + type + ")";
            }
            return "a pipeline of the class " + type;
        }
        return "a model of the type " + type;
    }

    private static String article(String name) {
        return ("AEIOUu".indexOf(name.charAt(0)) < 0 ? "a " : "an ") + name;
    }
}

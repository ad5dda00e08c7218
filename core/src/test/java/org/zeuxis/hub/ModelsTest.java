package org.zeuxis.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.hub.client.HubException;
import org.zeuxis.hub.client.HubSettings;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.ImageToText;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ImageClassifier;
import org.zeuxis.models.clip.ImageTower;
import org.zeuxis.models.clip.ModifiedResNet;
import org.zeuxis.models.clip.text.ClipTextFolder;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.models.lm.Decoder;
import org.zeuxis.models.unclip.UnClip;
import org.zeuxis.models.unclip.UnClipParts;
import org.zeuxis.tensor.Tensor;

/** What a name, a folder or a file holds is opened, or named in one line before any weights are read. */
class ModelsTest {
    private static final String NO_PIPELINE =
            "expected a Stable Diffusion 1.x or 2.x or an unCLIP pipeline of diffusers or a DeepFloyd"
                    + " IF pipeline of diffusers, got ";

    @TempDir
    Path folder;

    private final Models models = Models.of(
            () -> Hub.of(HubSettings.of(Map.of("HF_HUB_OFFLINE", "1", "HF_HOME", folder.toString()))),
            PullProgress.NONE);

    private void refused(Path path, Class<? extends AutoCloseable> kind, String message) {
        assertThatThrownBy(() -> models.open(path.toString(), kind))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(path + ": ")
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void eachLayoutIsOpenedAsWhatItIs() throws Exception {
        try (TextToImage model =
                models.open(Golden.path("tiny-stable-diffusion").toString(), TextToImage.class)) {
            List<GeneratedImage> drawn = model.generate(ImageRequest.of("a cat").withSteps(1));
            assertThat(drawn).hasSize(1);
        }
        try (AutoCloseable whatever =
                models.open(Golden.path("tiny-stable-diffusion").toString())) {
            assertThat(whatever).isInstanceOf(LatentDiffusion.class);
        }
        for (String family : List.of("tiny-llama", "tiny-gpt-neox", "tiny-opt", "tiny-mpt")) {
            try (Decoder model = models.open(Golden.path(family).toString(), Decoder.class)) {
                assertThat(model.parameters()).as(family).isNotEmpty();
            }
        }
        ImageTower.Config tower = new ModifiedResNet.Config(32, List.of(1, 1, 1, 1), 4, 4);
        ImageClassifier.begun(tower, List.of("cat", "dog")).save(folder.resolve("classifier"));
        try (ImageClassifier classifier =
                models.open(folder.resolve("classifier").toString(), ImageClassifier.class)) {
            assertThat(classifier.labels()).containsExactly("cat", "dog");
        }
        refused(folder.resolve("classifier"), ClipFolder.class, "got an image classifier of Zeuxis");
    }

    @Test
    void anUnClipIsFoundInEveryLayout() throws Exception {
        Path karlo = Files.createDirectories(folder.resolve("karlo"));
        Files.createFile(karlo.resolve("decoder-ckpt-step%3D01000000-of-01000000.ckpt"));
        for (Path layout : List.of(Golden.path("tiny-karlo"), Golden.path("tiny-karlo-variations"), karlo)) {
            assertThat(models.find(layout.toString(), UnClip.class).path()).isEqualTo(layout);
            assertThat(models.kinds(layout.toString())).isEqualTo(List.of(UnClip.class));
            assertThat(models.find(layout.toString(), TextToImage.class).path()).isEqualTo(layout);
        }
        assertThat(models.kinds(Models.PICTOGRAMS))
                .isEqualTo(List.of(LatentDiffusion.class, ClipFolder.class, ClipTextFolder.class));
        assertThat(UnClipParts.of(karlo)).isEqualTo(new UnClipParts(true, true, List.of(256)));
        assertThat(UnClipParts.of(Golden.path("tiny-karlo"))).isEqualTo(new UnClipParts(true, false, List.of(32)));
        assertThat(UnClipParts.of(Golden.path("tiny-karlo-variations")))
                .isEqualTo(new UnClipParts(false, true, List.of(32)));
        refused(karlo, ClipFolder.class, "got Karlo as it was released; name a model of the other kind");
    }

    @Test
    void aClipIsOpenedInEveryLayout() throws Exception {
        Path openAi = Files.createDirectories(folder.resolve("openai"));
        Files.copy(Golden.path("open-clip.pt"), openAi.resolve("clip.pt"));
        Path openClip = Files.createDirectories(folder.resolve("open_clip"));
        Files.writeString(openClip.resolve("open_clip_config.json"), "{}");
        for (Path layout : List.of(openAi.resolve("clip.pt"), openClip)) {
            assertThat(models.find(layout.toString(), ClipFolder.class).path()).isEqualTo(layout);
        }
        Path transformers = Files.createDirectories(folder.resolve("transformers"));
        for (String config : List.of(
                "{\"model_type\": \"clip\"}",
                "{\"architectures\": [\"CLIPModel\"]}",
                "{\"text_config\": {}, \"vision_config\": {}}")) {
            Files.writeString(transformers.resolve("config.json"), config);
            Found<ClipFolder> found = models.find(transformers.toString(), ClipFolder.class);
            assertThat(found.name())
                    .as(config)
                    .isEqualTo(transformers.toRealPath().toString());
        }
        refused(openClip, TextToImage.class, NO_PIPELINE + "a CLIP of open_clip; name a model of the other kind");
    }

    @ParameterizedTest
    @CsvSource({
        "StableDiffusionXLPipeline, a Stable Diffusion XL pipeline",
        "StableDiffusionXLInpaintPipeline, a Stable Diffusion XL pipeline",
        "StableDiffusion3Pipeline, a Stable Diffusion 3 pipeline",
        "StableDiffusionLatentUpscalePipeline, a Stable Diffusion upscaling pipeline",
        "StableDiffusionDepth2ImgPipeline, a Stable Diffusion depth pipeline",
        "StableDiffusionInstructPix2PixPipeline, an InstructPix2Pix pipeline",
        "PixArtAlphaPipeline, a PixArt pipeline",
        "PixArtSigmaPipeline, a PixArt pipeline",
        "KolorsPipeline, a pipeline of the class KolorsPipeline",
        "OnnxStableDiffusionPipeline, a pipeline of the class OnnxStableDiffusionPipeline",
        "FluxPipeline, a Flux pipeline",
        "QwenImagePipeline, a Qwen-Image pipeline",
        "IFSuperResolutionPipeline, a DeepFloyd IF pipeline",
        "KandinskyV22Pipeline, a Kandinsky pipeline",
        "UnheardOfPipeline, a pipeline of the class UnheardOfPipeline",
    })
    void pipelinesOfOthersAreNamed(String className, String words) throws IOException {
        Path pipeline = Files.createDirectories(folder.resolve("pipeline"));
        Files.writeString(pipeline.resolve("model_index.json"), "{\"_class_name\": \"" + className + "\"}");
        refused(pipeline, TextToImage.class, NO_PIPELINE + words);
        refused(pipeline, TextToImage.class, className);
        refused(pipeline, TextToImage.class, "; choose another model");
    }

    @ParameterizedTest
    @CsvSource({
        "model_type, t5, a T5 (t5)",
        "model_type, llama, a LLaMA (llama)",
        "model_type, siglip, a SigLIP (siglip)",
        "model_type, novelty, a model of the type novelty",
        "_class_name, AutoencoderKL, the autoencoder of a pipeline (AutoencoderKL)",
        "nothing, at_all, a model whose configuration does not say",
    })
    void modelsOfOthersAreNamed(String key, String value, String words) throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.writeString(model.resolve("config.json"), "{\"" + key + "\": \"" + value + "\"}");
        refused(model, ClipFolder.class, "expected a CLIP of transformers, open_clip or OpenAI, got " + words);
    }

    @ParameterizedTest
    @CsvSource({
        "model.diffusion_model.input_blocks.0.0.weight conditioner.embedders.0.x conditioner.embedders.1.x, a Stable"
                + " Diffusion XL checkpoint",
        "model.diffusion_model.joint_blocks.0.x, a Stable Diffusion 3 checkpoint",
        "model.diffusion_model.double_blocks.0.x, a Flux checkpoint",
        "model.diffusion_model.distilled_guidance_layer.x model.diffusion_model.double_blocks.0.x, a Chroma checkpoint",
        "model.diffusion_model.patchify_proj.weight, an LTX-Video checkpoint",
        "model.diffusion_model.cap_embedder.0.weight, a Lumina 2 checkpoint",
        "model.diffusion_model.head.modulation, a Wan checkpoint",
        "model.diffusion_model.input_blocks.1.0.time_stack.x, a Stable Video Diffusion checkpoint",
        "model.diffusion_model.out.2.bias conditioner.embedders.0.x, the checkpoint of a Stable Diffusion XL refiner",
        "model.diffusion_model.out.2.bias cond_stage_model.model.x depth_model.x, a Stable Diffusion depth checkpoint",
        "model.diffusion_model.out.2.bias cond_stage_model.model.x low_scale_model.x, a Stable Diffusion upscaling"
                + " checkpoint",
        "joint_blocks.0.x, the transformer of a Stable Diffusion 3",
        "transformer_blocks.0.attn.add_q_proj.weight pos_embed.proj.weight, the transformer of a Stable Diffusion 3",
        "double_blocks.0.img_attn.qkv.weight, the transformer of a Flux",
        "single_transformer_blocks.0.x context_embedder.weight, the transformer of a Flux",
        "distilled_guidance_layer.x double_blocks.0.img_attn.x, the transformer of a Chroma",
        "y_embedder.y_embedding t_block.1.weight, the transformer of a PixArt",
        "adaln_single.linear.weight caption_projection.linear_1.weight, the transformer of a PixArt",
        "double_layers.0.attn.w1q.weight, the transformer of an AuraFlow",
        "clip_txt_mapper.weight, the prior of a Stable Cascade",
        "blocks.0.cross_attn.q_linear.weight, the transformer of a Sana",
        "conv_in.weight add_embedding.linear_1.weight, the U-Net of a Stable Diffusion XL; name the folder it belongs to",
        "lora_unet_down_blocks_0.lora_up.weight, a LoRA",
        "unet.down_blocks.0.attn1.to_q.lora_A.weight, a LoRA",
        "unet.down_blocks.0.attn1.processor.to_q_lora.down.weight, a LoRA",
        "visual.proj token_embedding.weight positional_embedding, the weights of a CLIP of open_clip; name the folder it"
                + " belongs to",
        "emb_params, a textual inversion",
        "<a-cat>, a textual inversion",
        "clip_l clip_g, a textual inversion",
        "conv_in.weight time_embedding.linear_1.weight down_blocks.0.resnets.0.x, the U-Net of a pipeline; name the"
                + " folder it belongs to",
        "encoder.block.0.layer.0.SelfAttention.q.weight shared.weight, a T5; choose another model",
        "something.else, 'weights that no model here is told by, the first of them something.else'",
    })
    void filesAreNamedByTheirKeys(String keys, String words) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (String key : keys.split(" ")) tensors.put(key, Tensor.zeros(1, 1));
        Path file = folder.resolve("weights.safetensors");
        SafetensorsWriter.write(file, tensors, Map.of());
        refused(file, TextToImage.class, NO_PIPELINE + words);
        // also where it lies alone in its folder
        refused(folder, TextToImage.class, "config.json, but with weights.safetensors, " + words.split(";")[0]);
    }

    @Test
    void aGgufFileIsToldByItsFirstBytesAndWhatIsNoModelIsSaid() throws IOException {
        Path file = Files.writeString(folder.resolve("model.gguf"), "GGUF and no more");
        refused(file, TextToImage.class, NO_PIPELINE + "a GGUF file of llama.cpp; choose another model");
        Path text = Files.writeString(folder.resolve("notes"), "plain text");
        refused(text, TextToImage.class, "expected a safetensors file, got something else");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        refused(empty, ClipFolder.class, "a folder without model_index.json, config.json or open_clip_config.json");
        Path lora = Files.createDirectories(folder.resolve("lora"));
        Files.writeString(lora.resolve("adapter_config.json"), "{}");
        refused(lora, TextToImage.class, NO_PIPELINE + "a LoRA of peft; name the model it is for");
    }

    @Test
    void whatAFileSaysOfItselfStaysOneLine() throws IOException {
        Path model = Files.createDirectories(folder.resolve("hostile"));
        Files.writeString(model.resolve("config.json"), "{\"model_type\": \"two\\nlines\"}");
        refused(model, ClipFolder.class, "a model of the type two lines; choose another model");
        assertThatThrownBy(() -> models.open(model.toString(), ImageToText.class))
                .hasMessageContaining(
                        "expected an IDEFICS of transformers or an OpenFlamingo with open_flamingo.json, got");
        assertThatThrownBy(() -> models.open(model.toString(), InputStream.class))
                .hasMessageContaining("expected what opens as InputStream, which nothing does yet, got");
    }

    @Test
    void aNameThatIsNothingIsSaid() {
        assertThatThrownBy(() -> models.open("no/such/folder", TextToImage.class))
                .isInstanceOf(IOException.class)
                .hasMessage("expected pictograms, a folder, a file, or org/name of a model of the hub, got"
                        + " no/such/folder, which is none of these; check the path");
        assertThatThrownBy(() -> models.open("some-org/other", TextToImage.class))
                .isInstanceOf(HubException.class)
                .hasMessageStartingWith(
                        "there is no folder some-org/other here, and of the hub expected some-org/other");
    }
}

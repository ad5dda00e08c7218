package org.zeuxis.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which files are pulled, for the ways in which models are published. */
class HubNeededFilesTest {

    @Test
    void oneKindOfWeightsOfAClip() {
        assertThat(needed(
                        ".gitattributes",
                        "README.md",
                        "config.json",
                        "flax_model.msgpack",
                        "merges.txt",
                        "model.safetensors",
                        "preprocessor_config.json",
                        "pytorch_model.bin",
                        "special_tokens_map.json",
                        "tf_model.h5",
                        "tokenizer.json",
                        "tokenizer_config.json",
                        "vocab.json"))
                .containsExactly(
                        "config.json",
                        "merges.txt",
                        "preprocessor_config.json",
                        "special_tokens_map.json",
                        "tokenizer.json",
                        "tokenizer_config.json",
                        "vocab.json",
                        "model.safetensors");
    }

    @Test
    void pipelineWithoutWholeCheckpointsAndVariants() {
        assertThat(needed(
                        "model_index.json",
                        "v1-5-pruned.ckpt",
                        "v1-5-pruned-emaonly.safetensors",
                        "v1-inference.yaml",
                        "scheduler/scheduler_config.json",
                        "text_encoder/config.json",
                        "text_encoder/model.fp16.safetensors",
                        "text_encoder/model.safetensors",
                        "text_encoder/pytorch_model.bin",
                        "text_encoder/openvino_model.bin",
                        "text_encoder/openvino_model.xml",
                        "tokenizer/merges.txt",
                        "unet/config.json",
                        "unet/diffusion_pytorch_model.non_ema.safetensors",
                        "unet/diffusion_pytorch_model.fp16.bin",
                        "unet/diffusion_pytorch_model.safetensors",
                        "vae/config.json",
                        "vae/diffusion_pytorch_model.fp16.safetensors",
                        "vae_decoder/model.onnx",
                        "vae_decoder/config.json"))
                .containsExactly(
                        "model_index.json",
                        "scheduler/scheduler_config.json",
                        "text_encoder/config.json",
                        "tokenizer/merges.txt",
                        "unet/config.json",
                        "vae/config.json",
                        "text_encoder/model.safetensors",
                        "unet/diffusion_pytorch_model.safetensors",
                        "vae/diffusion_pytorch_model.fp16.safetensors");
    }

    @Test
    void shardsComeWithTheirIndexAndOthersIndexesStay() {
        assertThat(needed(
                        "config.json",
                        "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors",
                        "model.fp16-00001-of-00002.safetensors",
                        "model.fp16-00002-of-00002.safetensors",
                        "model.safetensors.index.json",
                        "model.safetensors.index.fp16.json",
                        "pytorch_model-00001-of-00001.bin",
                        "pytorch_model.bin.index.json",
                        "flax_model.msgpack.index.json",
                        "consolidated.safetensors"))
                .containsExactly(
                        "config.json",
                        "model.safetensors.index.json",
                        "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors");
    }

    @Test
    void halfPrecisionShardsWhereThereAreNoPlainOnes() {
        assertThat(needed(
                        "model.fp16-00001-of-00001.safetensors",
                        "model.safetensors.index.fp16.json",
                        "model.int8.safetensors"))
                .containsExactly("model.safetensors.index.fp16.json", "model.fp16-00001-of-00001.safetensors");
    }

    @Test
    void wholeWeightsRatherThanShards() {
        assertThat(needed("model.safetensors", "model-00001-of-00001.safetensors", "model.safetensors.index.json"))
                .containsExactly("model.safetensors");
    }

    @Test
    void picklesWhereThereIsNothingElseButNoLeftovers() {
        assertThat(needed(
                        "config.json",
                        "pytorch_model.bin",
                        "training_args.bin",
                        "optimizer.pt",
                        "rng_state_0.pth",
                        "checkpoint-500/config.json",
                        "checkpoint-500/pytorch_model.bin",
                        "unet/config.json",
                        "unet/diffusion_pytorch_model.safetensors",
                        "unet/diffusion_pytorch_model.bin"))
                .containsExactly(
                        "config.json",
                        "unet/config.json",
                        "pytorch_model.bin",
                        "unet/diffusion_pytorch_model.safetensors");
    }

    @Test
    void numbersInNamesAreNoVariants() {
        assertThat(needed("sd-v1.4.safetensors", "sd-v1.5.safetensors"))
                .containsExactly("sd-v1.4.safetensors", "sd-v1.5.safetensors");
    }

    @Test
    void foldersOfToolsAndOtherEnginesStay() {
        assertThat(needed(
                        "config.json",
                        ".cache/x.json",
                        "onnx/config.json",
                        "onnx/model.onnx",
                        "coreml/encoder.mlpackage/Manifest.json",
                        "coreml/encoder.mlpackage/Data/weights/weight.bin"))
                .containsExactly("config.json");
    }

    private static List<String> needed(String... names) {
        return NeededFiles.of(List.of(names));
    }
}

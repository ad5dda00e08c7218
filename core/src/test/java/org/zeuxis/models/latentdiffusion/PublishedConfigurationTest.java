package org.zeuxis.models.latentdiffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;

/** Every key of a folder's configurations is honoured or refused by its name, before anything is allocated. */
class PublishedConfigurationTest {
    @TempDir
    Path temporary;

    private Path model = Path.of("");

    @BeforeEach
    void copy() throws IOException {
        model = FolderCopy.of(Golden.path("tiny-stable-diffusion"), temporary.resolve("model"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "unet | mid_block_type | null | UNetMidBlock2DCrossAttn, got null",
                "unet | mid_block_type | \"UNetMidBlock2D\" | UNetMidBlock2DCrossAttn",
                "unet | act_fn | \"gelu\" | silu or swish, got gelu",
                "unet | addition_embed_type | \"text\" | null",
                "unet | attention_type | \"gated\" | default",
                "unet | center_input_sample | true | false",
                "unet | class_embed_type | \"timestep\" | null",
                "unet | class_embeddings_concat | true | false",
                "unet | conv_in_kernel | 1 | 3",
                "unet | conv_out_kernel | 1 | 3",
                "unet | cross_attention_norm | \"layer_norm\" | null",
                "unet | downsample_padding | 0 | 1",
                "unet | dual_cross_attention | true | false",
                "unet | encoder_hid_dim | 64 | null",
                "unet | encoder_hid_dim_type | \"text_proj\" | null",
                "unet | flip_sin_to_cos | false | true",
                "unet | freq_shift | 1 | 0",
                "unet | mid_block_only_cross_attention | true | null or false",
                "unet | mid_block_scale_factor | 0.7 | 1",
                "unet | norm_eps | 1e-6 | 1.0E-5",
                "unet | norm_num_groups | null | a whole number from 1 to 65536, got null",
                "unet | num_attention_heads | 4 | null",
                "unet | num_class_embeds | 10 | null",
                "unet | only_cross_attention | [false, true] | false",
                "unet | resnet_out_scale_factor | 1.4 | 1",
                "unet | resnet_skip_time_act | true | false",
                "unet | resnet_time_scale_shift | \"scale_shift\" | default",
                "unet | reverse_transformer_layers_per_block | [1, 1] | null",
                "unet | time_embedding_act_fn | \"gelu\" | null",
                "unet | time_embedding_dim | 64 | null or 32, got 64",
                "unet | time_embedding_type | \"fourier\" | positional",
                "unet | timestep_post_act | \"silu\" | null",
                "unet | _class_name | \"UNet2DModel\" | UNet2DConditionModel",
                "unet | layers_per_block | [2, 1] | the same everywhere",
                "unet | cross_attention_dim | [16, 32] | the same everywhere",
                "unet | transformer_layers_per_block | [1, 2] | the same everywhere",
                "unet | sample_size | [8, 12] | the same everywhere",
                "unet | sample_size | 100000 | a whole number from 1 to 16384",
                "unet | sample_size | 16384 | at most 4096",
                "unet | sample_size | null | a whole number from 1 to 16384, got null",
                "unet | up_block_types | [\"UpBlock2D\", \"UpBlock2D\"] | to mirror down_block_types",
                "unet | down_block_types | [\"AttnDownBlock2D\", \"DownBlock2D\"] | CrossAttnDownBlock2D, DownBlock2D",
                "unet | down_block_types | [\"DownBlock2D\"] | 2 down_block_types and attention_head_dim",
                "unet | attention_head_dim | [2, 2, 2] | 2 down_block_types and attention_head_dim",
                "unet | attention_head_dim | 3 | multiple of attention_head_dim, got 8 and 3",
                "unet | norm_num_groups | 5 | multiple of norm_num_groups, got 8 and 5",
                "unet | norm_num_groups | 0 | a whole number from 1 to 65536, got the number 0",
                "unet | in_channels | -4 | a whole number from 1 to 65536, got the number -4",
                "unet | in_channels | 8 | the autoencoder's latent_channels, 4, got 8",
                "unet | out_channels | 8 | the autoencoder's latent_channels, 4, got 8",
                "unet | cross_attention_dim | 24 | the text encoder's hidden_size, 16, got 24",
                "unet | block_out_channels | [2147483648, 8] | a whole number from 1 to 65536",
                "unet | block_out_channels | [] | 1 to 16 whole numbers",
                "unet | block_out_channels | 8.5 | a whole number from 1 to 65536",
                "unet | layers_per_block | 1000000000 | a whole number from 1 to 16",
                "unet | use_linear_projection | \"yes\" | true or false",
                "vae | act_fn | \"relu\" | silu or swish",
                "vae | in_channels | 1 | 3",
                "vae | out_channels | 4 | 3",
                "vae | latents_mean | [0.1, 0.1, 0.1, 0.1] | null",
                "vae | latents_std | [1, 1, 1, 1] | null",
                "vae | mid_block_add_attention | false | true",
                "vae | shift_factor | 0.1 | null",
                "vae | use_quant_conv | false | true",
                "vae | use_post_quant_conv | false | true",
                "vae | scaling_factor | 0 | a number above 0",
                "vae | scaling_factor | null | a number above 0, got null",
                "vae | down_block_types | [\"DownEncoderBlock2D\"] | as many down_block_types as block_out_channels, 3, got 1",
                "vae | up_block_types | [\"UpBlock2D\", \"UpBlock2D\", \"UpBlock2D\"] | UpDecoderBlock2D",
                "vae | norm_num_groups | 3 | multiple of norm_num_groups, got 4 and 3",
                "vae | latent_channels | 0 | a whole number from 1 to 65536",
                "vae | block_out_channels | [4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4] | 1 to 16 whole numbers",
                "text_encoder | use_attention_mask | true | false",
                "text_encoder | layer_norm_eps | 1e-6 | 1.0E-5",
                "text_encoder | model_type | \"bert\" | clip_text_model",
                "text_encoder | hidden_act | \"mish\" | gelu or gelu_new or quick_gelu or relu or relu2 or silu, got mish",
                "text_encoder | pruned_heads | {\"0\": [1]} | {}",
                "text_encoder | num_attention_heads | 3 | multiple of num_attention_heads, got 16 and 3",
                "text_encoder | num_hidden_layers | 1000000 | a whole number from 1 to 256",
                "text_encoder | hidden_size | 1e9 | a whole number from 1 to 65536",
                "text_encoder | vocab_size | -1 | a whole number from 1 to 16777216",
                "text_encoder | eos_token_id | [1, 2] | a whole number",
            })
    void whatIsNotHereIsRefusedByName(String part, String key, String json, String message) throws IOException {
        Path file = model.resolve(part).resolve("config.json");
        FolderCopy.set(file, key, json);
        assertThatThrownBy(() -> LatentDiffusion.load(model))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(file + ": expected ")
                .hasMessageContaining(key)
                .hasMessageContaining(message)
                .extracting(e -> String.valueOf(e.getMessage()).lines().count())
                .isEqualTo(1L);
    }

    @ParameterizedTest
    @CsvSource({"unet", "vae", "text_encoder"})
    void aKeyThatNobodyKnowsIsRefused(String part) throws IOException {
        Path file = model.resolve(part).resolve("config.json");
        FolderCopy.set(file, "frobnicate", "0.5");
        assertThatThrownBy(() -> LatentDiffusion.load(model))
                .hasMessage(file + ": expected only known keys, got frobnicate = 0.5; correct them, or choose another"
                        + " checkpoint");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "unet | block_out_channels | [65528, 65528]",
                "text_encoder | hidden_size | 65536",
                "text_encoder | max_position_embeddings | 65536",
                "vae | block_out_channels | [65536, 65536, 65536]",
            })
    void aLargeSizeIsComparedWithTheFileBeforeMemoryIsTaken(String part, String key, String json) throws IOException {
        FolderCopy.set(model.resolve(part).resolve("config.json"), key, json);
        if (part.equals("unet")) FolderCopy.set(model.resolve("unet").resolve("config.json"), "norm_num_groups", "8");
        // [65536, 65536, 3, 3] in float32 are 155 GB
        assertThatThrownBy(() -> LatentDiffusion.load(model))
                .hasMessageContaining(part)
                .hasMessageMatching(
                        "(?s).*safetensors: expected (a model of at most .* numbers in all, but its configuration"
                                + " asks for more|the model's own keys.*misshapen).*");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "unet | act_fn | \"swish\"",
                "unet | only_cross_attention | [false, false]",
                "unet | layers_per_block | [2, 2]",
                "unet | cross_attention_dim | [16, 16]",
                "unet | time_embedding_dim | 32",
                "unet | upcast_attention | true",
                "unet | dropout | 0.1",
                "unet | addition_embed_type_num_heads | 32",
                "unet | sample_size | [8, 8]",
                "unet | _name_or_path | \"somewhere\"",
                "vae | force_upcast | false",
                "vae | sample_size | 256",
                "text_encoder | attention_dropout | 0.1",
                "text_encoder | max_length | 20",
                "text_encoder | pruned_heads | {}",
                "text_encoder | gradient_checkpointing | false",
            })
    void whatChangesNothingIsTaken(String part, String key, String json) throws IOException {
        FolderCopy.set(model.resolve(part).resolve("config.json"), key, json);
        assertThat(LatentDiffusion.load(model).size()).isEqualTo(32);
    }

    @Test
    void aSizeThatOldVersionsMistookIsDiffusersOwn() throws IOException {
        Path file = model.resolve("unet").resolve("config.json");
        for (String version : List.of("\"0.6.0\"", "\"0.8.1\"", "\"0.0.4.dev0\"")) {
            FolderCopy.set(file, "_diffusers_version", version);
            assertThat(LatentDiffusion.load(model).size()).as(version).isEqualTo(256);
        }
        FolderCopy.set(file, "_diffusers_version", "\"0.10.0\"");
        assertThat(LatentDiffusion.load(model).size()).isEqualTo(32);
    }

    /** As published with the first Stable Diffusion 1 and 2. */
    @Test
    void publishedFilesOfEveryAgeOpen() throws IOException {
        assertThat(UNetConfig.from(Config.parse("1.4", """
                {"_class_name": "UNet2DConditionModel", "_diffusers_version": "0.2.2", "act_fn": "silu",
                 "attention_head_dim": 8, "block_out_channels": [320, 640, 1280, 1280], "center_input_sample": false,
                 "cross_attention_dim": 768, "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D",
                 "CrossAttnDownBlock2D", "DownBlock2D"], "downsample_padding": 1, "flip_sin_to_cos": true,
                 "freq_shift": 0, "in_channels": 4, "layers_per_block": 2, "mid_block_scale_factor": 1,
                 "norm_eps": 1e-05, "norm_num_groups": 32, "out_channels": 4, "sample_size": 64, "up_block_types":
                 ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]}
                """))).isEqualTo(UNetConfig.STABLE_DIFFUSION_1);
        assertThat(UNetConfig.from(Config.parse("2.1", """
                {"_class_name": "UNet2DConditionModel", "_diffusers_version": "0.10.0.dev0", "act_fn": "silu",
                 "attention_head_dim": [5, 10, 20, 20], "block_out_channels": [320, 640, 1280, 1280],
                 "cross_attention_dim": 1024, "dual_cross_attention": false, "num_class_embeds": null,
                 "only_cross_attention": false, "sample_size": 96, "upcast_attention": true,
                 "use_linear_projection": true}
                """))).isEqualTo(UNetConfig.STABLE_DIFFUSION_2);
        assertThat(AutoencoderKl.Config.from(Config.parse("vae", """
                {"_class_name": "AutoencoderKL", "_diffusers_version": "0.2.2", "act_fn": "silu",
                 "block_out_channels": [128, 256, 512, 512], "down_block_types": ["DownEncoderBlock2D",
                 "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"], "in_channels": 3,
                 "latent_channels": 4, "layers_per_block": 2, "out_channels": 3, "sample_size": 512, "up_block_types":
                 ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]}
                """)))
                .isEqualTo(AutoencoderKl.Config.STABLE_DIFFUSION);
        assertThatCode(() -> ClipTextModel.Config.from(Config.parse("text", """
                        {"_name_or_path": "openai/clip-vit-large-patch14", "architectures": ["CLIPTextModel"],
                         "attention_dropout": 0.0, "bos_token_id": 0, "dropout": 0.0, "eos_token_id": 2,
                         "hidden_act": "quick_gelu", "hidden_size": 768, "initializer_factor": 1.0,
                         "initializer_range": 0.02, "intermediate_size": 3072, "layer_norm_eps": 1e-05,
                         "max_position_embeddings": 77, "model_type": "clip_text_model", "num_attention_heads": 12,
                         "num_hidden_layers": 12, "pad_token_id": 1, "projection_dim": 768,
                         "torch_dtype": "float32", "transformers_version": "4.22.0.dev0", "vocab_size": 49408}
                        """)))
                .doesNotThrowAnyException();
    }

    @Test
    void whatASavedFolderSaysIsReadAgain() throws IOException {
        LatentDiffusion.load(model).save(temporary.resolve("saved"));
        assertThat(LatentDiffusion.load(temporary.resolve("saved")).size()).isEqualTo(32);
        assertThat(Files.exists(temporary.resolve("saved/unet/config.json"))).isTrue();
    }
}

package org.zeuxis.models.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;

/** Configurations of CLIPs by transformers and by open_clip: every key is honoured or refused by its name. */
class ClipConfigurationTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model_type | \"siglip\" | clip",
                "projection_dim | 0 | a whole number from 1 to 65536",
                "frobnicate | true | only known keys",
                "text_config/use_attention_mask | true | false",
                "text_config/frobnicate | 1 | only known keys",
                "text_config/vocab_size | 2147483648 | a whole number from 1 to 16777216",
                "vision_config/num_channels | 4 | 3",
                "vision_config/layer_norm_eps | 1e-6 | 1.0E-5",
                "vision_config/image_size | 15 | multiple of patch_size, got 15 and 8",
                "vision_config/image_size | [16, 16] | a whole number from 1 to 16384",
                "vision_config/patch_size | 0 | a whole number from 1 to 16384",
                "vision_config/num_attention_heads | 5 | multiple of num_attention_heads, got 24 and 5",
                "vision_config/num_hidden_layers | 100000 | a whole number from 1 to 256",
                "vision_config/hidden_act | \"tanh\" | gelu",
                "vision_config/num_layers | 1 | nearest key: num_hidden_layers",
            })
    void whatTransformersDoesBesidesIsRefusedByName(String key, String json, String message) throws IOException {
        TinyClip.make().save(folder);
        Path file = folder.resolve("config.json");
        FolderCopy.set(file, key, json);
        assertThatThrownBy(() -> ClipFolder.load(folder))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(key.substring(key.indexOf('/') + 1))
                .hasMessageContaining(message);
    }

    @Test
    void olderFilesGiveTheTowersTwiceAndTheSecondCounts() throws IOException {
        ClipFolder made = TinyClip.make();
        made.save(folder);
        Path file = folder.resolve("config.json");
        String text = Files.readString(file);
        Config whole = Config.read(file);
        FolderCopy.set(file, "vision_config_dict", whole.literal("vision_config"));
        FolderCopy.set(file, "vision_config/hidden_size", "7");
        FolderCopy.set(file, "text_config_dict", "null");
        for (String harmless :
                new String[] {"top_k", "is_decoder", "torch_dtype", "tie_word_embeddings", "num_beams"}) {
            FolderCopy.set(file, "text_config/" + harmless, "1");
        }
        assertThat(ClipFolder.load(folder).clip().config())
                .isEqualTo(made.clip().config());
        assertThat(text).doesNotContain("vision_config_dict");
    }

    private static final String OPEN_CLIP = """
            {"embed_dim": 1024, "quick_gelu": false, "custom_text": false,
             "vision_cfg": {"image_size": 224, "layers": 32, "width": 1280, "head_width": 80, "patch_size": 14},
             "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 1024, "heads": 16, "layers": 24}}
            """;

    @Test
    void openClipsSizesAreThoseOfItsFile() throws IOException {
        Clip.Config c = OpenClipConfig.from(Config.parse("ViT-H-14", OPEN_CLIP));
        assertThat(c.width()).isEqualTo(1024);
        assertThat(c.text().innerWidth()).isEqualTo(4096);
        assertThat(c.text().heads()).isEqualTo(16);
        ClipVisionModel.Config vision = (ClipVisionModel.Config) c.vision();
        assertThat(vision.heads()).isEqualTo(16);
        assertThat(vision.patches()).isEqualTo(256);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "embed_dim | -1 | a whole number from 1 to 65536",
                "init_logit_bias | -10 | null",
                "nonscalar_logit_scale | true | false",
                "multimodal_cfg | {\"width\": 2} | only known keys",
                "vision_cfg/timm_model_name | \"convnext_base\" | one of dm_nfnet_f0 to dm_nfnet_f6",
                "vision_cfg/attentional_pool | true | false",
                "vision_cfg/pool_type | \"avg\" | tok",
                "vision_cfg/no_ln_pre | true | false",
                "vision_cfg/final_ln_after_pool | true | false",
                "vision_cfg/pos_embed_type | \"sin_cos_2d\" | learnable",
                "vision_cfg/ls_init_value | 1e-5 | null",
                "vision_cfg/act_kwargs | {\"approximate\": \"tanh\"} | {}",
                "vision_cfg/norm_kwargs | {\"eps\": 1e-6} | {}",
                "vision_cfg/qk_norm | true | false",
                "vision_cfg/scale_attn | true | false",
                "vision_cfg/output_tokens | true | false",
                "vision_cfg/block_type | \"custom\" | null or default",
                "vision_cfg/image_size | [224, 336] | the same everywhere",
                "vision_cfg/image_size | 225 | multiple of patch_size",
                "vision_cfg/head_width | 96 | multiple of head_width",
                "vision_cfg/mlp_ratio | 1e9 | width * mlp_ratio from 1 to 65536",
                "vision_cfg/mlp_ratio | -1 | a number above 0",
                "text_cfg/hf_model_name | \"roberta-base\" | null",
                "text_cfg/no_causal_mask | true | false",
                "text_cfg/pool_type | \"last\" | argmax",
                "text_cfg/proj_bias | true | false",
                "text_cfg/proj_type | \"none\" | linear",
                "text_cfg/embed_cls | true | false",
                "text_cfg/tokenizer_kwargs | {\"clean\": \"canonicalize\"} | null",
                "text_cfg/heads | 3 | multiple of heads",
                "text_cfg/unknown_thing | 3 | only known keys",
            })
    void whatOpenClipDoesBesidesIsRefusedByName(String key, String json, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("model.json"), OPEN_CLIP);
        FolderCopy.set(file, key, json);
        assertThatThrownBy(() -> OpenClipConfig.from(Config.read(file)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(key.substring(key.indexOf('/') + 1))
                .hasMessageContaining(message);
    }
}

package org.zeuxis.hub;

import static org.zeuxis.hub.MalformedFile.DEEP;
import static org.zeuxis.hub.MalformedFile.bytes;
import static org.zeuxis.hub.MalformedFile.lengthen;
import static org.zeuxis.hub.MalformedFile.refused;
import static org.zeuxis.hub.MalformedFile.refusedAsNoFile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;

/** Folders of diffusers whose configurations, numbers, indexes or weights are none. */
class MalformedFolderTest {
    @TempDir
    Path folder;

    private Path pipeline() throws IOException {
        return FolderCopy.of(Golden.path("tiny-stable-diffusion"), folder.resolve("sd"));
    }

    static List<String> configurations() {
        return List.of(
                "model_index.json",
                "unet/config.json",
                "vae/config.json",
                "text_encoder/config.json",
                "scheduler/scheduler_config.json",
                "tokenizer/vocab.json",
                "tokenizer/tokenizer_config.json",
                "tokenizer/special_tokens_map.json",
                "tokenizer/tokenizer.json");
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void aConfigurationThatIsNone(String name) throws IOException {
        Path sd = pipeline();
        Path file = sd.resolve(name);
        // read where there is none of these
        if (name.endsWith("tokenizer.json")) Files.delete(sd.resolve("tokenizer/vocab.json"));
        for (String content : List.of(
                "",
                "\0".repeat(100),
                "[",
                "{\"a\":" + DEEP,
                "{\"a\":".repeat(100_000),
                "null",
                "[]",
                "NaN",
                "{\"\u00e9\":1}",
                "{\"a\":" + "9".repeat(1_000_000) + "}",
                "{\"a\":[" + "{},".repeat(5_000_000) + "1]}")) {
            Files.write(file, bytes(content));
            refused(file, sd);
        }
        Files.delete(file);
        lengthen(file, 1L << 40);
        refused(file, sd);
        refusedAsNoFile(file, sd);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "unet/config.json | in_channels | -4",
                "unet/config.json | block_out_channels | [2147483647, 2147483647]",
                "unet/config.json | block_out_channels | [8, 0]",
                "unet/config.json | layers_per_block | 2147483647",
                "unet/config.json | cross_attention_dim | NaN",
                "unet/config.json | norm_eps | 1e999",
                "unet/config.json | sample_size | -1",
                "vae/config.json | block_out_channels | []",
                "vae/config.json | latent_channels | 1000000000",
                "vae/config.json | scaling_factor | NaN",
                "vae/config.json | scaling_factor | 0",
                "text_encoder/config.json | num_hidden_layers | 1000000000",
                "text_encoder/config.json | max_position_embeddings | 1e308",
                "text_encoder/config.json | vocab_size | -1",
                "text_encoder/config.json | eos_token_id | [1]",
                "scheduler/scheduler_config.json | num_train_timesteps | 2147483647",
                "scheduler/scheduler_config.json | beta_start | NaN",
                "scheduler/scheduler_config.json | trained_betas | [2, -1]",
            })
    void aNumberThatNoModelHas(String name, String key, String json) throws IOException {
        Path sd = pipeline();
        Path file = sd.resolve(name);
        FolderCopy.set(file, key, "\"HERE\"");
        // as Python writes it, which is more than JSON allows
        Files.writeString(file, Files.readString(file).replace("\"HERE\"", json));
        refused(sd, sd);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../outside.safetensors",
                "/etc/passwd",
                "absent.safetensors",
                "folder.safetensors",
                "loop.safetensors",
                "cut.safetensors",
                "config.json",
                "..",
                "",
                "\\u0000",
                "\\ud800",
            })
    void anIndexThatNamesNoShard(String shard) throws IOException {
        Path sd = pipeline();
        Path vae = sd.resolve("vae");
        Path whole = vae.resolve("diffusion_pytorch_model.safetensors");
        byte[] weights = Files.readAllBytes(whole);
        Files.move(whole, folder.resolve("outside.safetensors"));
        Files.write(vae.resolve("cut.safetensors"), Arrays.copyOf(weights, weights.length - 1));
        Files.createDirectory(vae.resolve("folder.safetensors"));
        Files.createSymbolicLink(vae.resolve("loop.safetensors"), Path.of("loop.safetensors"));
        Files.writeString(
                vae.resolve("diffusion_pytorch_model.safetensors.index.json"),
                "{\"weight_map\":{\"decoder.conv_in.bias\":\"" + shard + "\"}}");
        refused(vae, sd);
    }

    /** What stands in the place of weights. */
    @Test
    void weightsThatAreNoFile() throws IOException {
        Path sd = pipeline();
        Path file = sd.resolve("vae/diffusion_pytorch_model.safetensors");
        refusedAsNoFile(file, sd);
        Path pickle = Files.createDirectory(file.resolveSibling("diffusion_pytorch_model.bin"));
        refused(pickle, sd);
    }
}

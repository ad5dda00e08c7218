package org.zeuxis.hub;

import static org.zeuxis.hub.MalformedFile.DEEP;
import static org.zeuxis.hub.MalformedFile.bytes;
import static org.zeuxis.hub.MalformedFile.lengthen;
import static org.zeuxis.hub.MalformedFile.refused;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.tensor.Tensor;

/** Safetensors that are broken or were made to do harm, and sound ones of no model. */
class MalformedWeightsTest {
    @TempDir
    Path folder;

    private Path safetensors(long length, String header) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(16 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(length).put(bytes(header));
        return Files.write(folder.resolve("x.safetensors"), bytes.array());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, 1L << 62, 100_000_001, 99_999_999})
    void aLengthThatItsHeaderCannotHave(long length) throws IOException {
        Path file = safetensors(length, "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}");
        refused(file, file);
        lengthen(file, 1L << 34);
        refused(file, file);
    }

    static Stream<String> headers() {
        Stream<String> shapes = Stream.of(
                        "NaN",
                        "null",
                        "\"2\"",
                        "[NaN]",
                        "[Infinity]",
                        "[-1]",
                        "[2.5]",
                        "[1e9]",
                        "[[2]]",
                        "[null]",
                        "[2,,]")
                .map(shape -> "{\"x\":{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[0,8]}}");
        Stream<String> sizes = Stream.of(
                        "[9223372036854775808]",
                        "[9223372036854775807]",
                        "[4294967296,4294967296]",
                        "[" + "1,".repeat(1_000_000) + "2]")
                .map(shape -> "{\"x\":{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[0,8]}}");
        Stream<String> offsets = Stream.of(
                        "[0,NaN]",
                        "[0,-8]",
                        "[8,0]",
                        "[0,9]",
                        "[0,8,8]",
                        "[4,8]",
                        "[0,18446744073709551616]",
                        "{}",
                        "null")
                .map(at -> "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":" + at + "}}");
        String entry = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
        Stream<String> others = Stream.of(
                "{\"x\":" + entry + ",\"x\":" + entry + "}",
                "{\"x\":" + entry + ",\"y\":" + entry + "}",
                "{\"x\":" + entry.replace("F32", "F4") + "}",
                "{\"x\":" + entry.replace("\"F32\"", "[\"F32\"]") + "}",
                "{\"__metadata__\":{\"format\":{}},\"x\":" + entry + "}",
                "{\"__metadata__\":" + "{\"a\":".repeat(50_000),
                "{\"a\\u000a\\u001b[31m\":" + entry.replace("8]", "9]") + "}",
                "{\"\u00ff\u00fe\":" + entry + "}",
                "{\"x\":" + DEEP,
                "{\"x\":{\"shape\":" + DEEP,
                "{\"" + "x".repeat(1_000_000) + "\":" + entry + "}",
                numbered("{", "{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}", "}"),
                numbered("{\"__metadata__\":{", "\"x\"", "}}"));
        return Stream.of(shapes, sizes, offsets, others).flatMap(all -> all);
    }

    private static String numbered(String before, String value, String after) {
        return IntStream.range(0, 150_000)
                .mapToObj(i -> "\"" + i + "\":" + value)
                .collect(Collectors.joining(",", before, after));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("headers")
    void aHeaderThatIsWrong(String header) throws IOException {
        Path file = safetensors(header.length(), header);
        refused(file, file);
    }

    /** By whatever name. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "{}",
                "PK",
                "PK\3\4",
                "GGUF",
                "<html>not found</html>",
                "\u0089PNG\r\n\u001a\n",
                "\u0080\2}q\0."
            })
    void somethingElse(String content) throws IOException {
        for (String name : List.of("x.safetensors", "x.ckpt", "x.bin")) {
            Path file = Files.write(folder.resolve(name), bytes(content));
            refused(file, file);
        }
    }

    /** Sound tensors in the names of Stable Diffusion, from whose shapes its configuration would have to be told. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "out.2.weight | ",
                "input_blocks.0.0.weight | 32",
                "input_blocks.1.0.out_layers.3.weight | 0,0,3,3",
                "input_blocks.1.1.proj_in.weight | ",
                "input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight | 2147483648,0",
                "input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight | 0,1000000000",
                "input_blocks.9999.0.op.weight | 1",
                "input_blocks.99999999999.0.op.weight | 1",
                "label_emb.weight | 1000000000,0",
            })
    void shapesThatNoModelHas(String key, String shape) throws IOException {
        String unet = "model.diffusion_model.";
        Map<String, Tensor> all = new HashMap<>();
        all.put(unet + "input_blocks.0.0.weight", Tensor.zeros(32, 4, 3, 3));
        all.put(unet + "input_blocks.1.0.out_layers.3.weight", Tensor.zeros(32, 32, 3, 3));
        all.put(unet + "input_blocks.1.1.norm.weight", Tensor.zeros(32));
        all.put(unet + "input_blocks.1.1.proj_in.weight", Tensor.zeros(32, 32, 1, 1));
        all.put(unet + "input_blocks.1.1.transformer_blocks.0.attn1.to_k.weight", Tensor.zeros(32, 32));
        all.put(unet + "input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight", Tensor.zeros(32, 64));
        all.put(unet + "out.2.weight", Tensor.zeros(4, 32, 3, 3));
        all.put("first_stage_model.encoder.down.0.block.0.conv1.weight", Tensor.zeros(32, 32, 3, 3));
        all.put("first_stage_model.post_quant_conv.weight", Tensor.zeros(4, 4, 1, 1));
        String text = "cond_stage_model.transformer.text_model.";
        all.put(text + "embeddings.token_embedding.weight", Tensor.zeros(10, 64));
        all.put(text + "embeddings.position_embedding.weight", Tensor.zeros(77, 64));
        all.put(text + "encoder.layers.0.mlp.fc1.weight", Tensor.zeros(64, 64));
        long[] sizes = shape == null
                ? new long[0]
                : Arrays.stream(shape.split(",")).mapToLong(Long::parseLong).toArray();
        all.put(unet + key, Tensor.zeros(sizes));
        Path file = folder.resolve("one.safetensors");
        SafetensorsWriter.write(file, all, Map.of());
        refused(file, file);
    }
}

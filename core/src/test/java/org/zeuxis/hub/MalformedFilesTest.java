package org.zeuxis.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.Hostile;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.models.latentdiffusion.adapter.Adapters;
import org.zeuxis.models.latentdiffusion.adapter.Lora;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * Checkpoints that are broken or were made to do harm, opened as a user opens them: each is refused in one line that names it,
 * with no more memory than a refusal needs, and nothing in it is run.
 */
class MalformedFilesTest {
    private static final ThreadMXBean MEMORY = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Of the heap, that one refusal may take, whatever the file says of its own size. */
    private static final long MOST_BYTES = 200L << 20;

    private static final String DEEP = "[".repeat(100_000);

    @TempDir
    Path folder;

    private static String refused(Path named, Hostile.Reading opening) {
        long before = MEMORY.getThreadAllocatedBytes(Thread.currentThread().getId());
        String line = Hostile.line(named.toString(), opening);
        long taken = MEMORY.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(line).as("the refusal of " + named).isNotEmpty();
        assertThat(taken).as("bytes on the heap to refuse " + named).isLessThan(MOST_BYTES);
        return line;
    }

    /** As {@code zeuxis imagine --model} does. */
    private static String refused(Path named, Path opened) {
        return refused(
                named,
                () -> Models.standard()
                        .open(opened.toString(), LatentDiffusion.class, DType.FLOAT32)
                        .close());
    }

    private static byte[] bytes(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Longer than it is, without a block on the disk for it. */
    private static void lengthen(Path file, long length) throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(length);
        }
    }

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

    private Path archive(byte[] pickle, boolean packed) throws IOException {
        Path file = folder.resolve("x.ckpt");
        Map<String, byte[]> parts = new LinkedHashMap<>(Map.of("a/data.pkl", pickle));
        parts.put("a/data/0", new byte[24]);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> part : parts.entrySet()) {
                ZipEntry entry = new ZipEntry(part.getKey());
                if (!packed) {
                    CRC32 sum = new CRC32();
                    sum.update(part.getValue());
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(part.getValue().length);
                    entry.setCrc(sum.getValue());
                }
                zip.putNextEntry(entry);
                zip.write(part.getValue());
                zip.closeEntry();
            }
        }
        return file;
    }

    /** Each way in which a pickle can call. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0080\2cos\nsystem\nX%s%s\u0085R.",
                "\u0080\2cposix\nsystem\nX%s%s\u0085R.",
                "\u0080\4X\2\0\0\0osX\6\0\0\0system\u0093X%s%s\u0085R.",
                "\u0080\2(X%s%sios\nsystem\n.",
                "\u0080\2(cos\nsystem\nX%s%so.",
                "\u0080\2cos\nsystem\nX%s%s\u0085\u0081.",
                "\u0080\2cbuiltins\ngetattr\ncos\nX%s%s\u0086R.",
                "\u0080\2c__torch__\nM\n)\u0081cos\nsystem\nX%s%s\u0085Rb.",
                "\u0080\2\u0082\1X%s%s\u0085R.",
            })
    void aPickleThatCalls(String pickle) throws IOException {
        Path made = folder.resolve("made");
        String command = "touch " + made;
        String length = new String(
                ByteBuffer.allocate(4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(command.length())
                        .array(),
                StandardCharsets.ISO_8859_1);
        Path file = archive(bytes(String.format(pickle, length, command)), false);
        refused(file, file);
        assertThat(made).doesNotExist();
    }

    /** Few bytes that stand for many values. */
    static Stream<Arguments> walks() {
        String name = "X\u0084\3\0\0" + "a".repeat(899);
        String names = "\u0080\2}(" + name + "0](" + "K\1".repeat(100) + "eq\0";
        for (char i = 0; i < 2; i++) names += name + (i + 1) + "](" + ("h" + i).repeat(95) + "eq" + (char) (i + 1);
        return Stream.of(
                Arguments.of("names within names", names + "u."),
                Arguments.of("a map within itself", "\u0080\2}q\0X\1\0\0\0ah\0s."),
                Arguments.of("tuples within tuples", "\u0080\2N" + "\u0085".repeat(1_000_000) + "."),
                Arguments.of("maps", "\u0080\2" + "}".repeat(8_000_000) + "."),
                Arguments.of("lists", "\u0080\2" + "]".repeat(8_000_000) + "."),
                Arguments.of("marks", "\u0080\2" + "(".repeat(8_000_000) + "."),
                Arguments.of("a long number", "\u0080\2\u008a\u00ff" + "1".repeat(255) + "."),
                Arguments.of("a long text", "\u0080\2X\u00ff\u00ff\u00ff\u007f."));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("walks")
    void aPickleWithoutEnd(String name, String pickle) throws IOException {
        Path file = archive(bytes(pickle), false);
        refused(file, file);
    }

    /** A packed pickle is no larger than its file if that has a hole in it, as what unpacks itself has a program before it. */
    @Test
    void aPickleThatUnpacksWithinALargeFile() throws IOException {
        Path packed = archive(bytes("\u0080\2" + "}".repeat(8_000_000) + "."), true);
        byte[] zip = Files.readAllBytes(packed);
        Path file = Files.write(folder.resolve("large.ckpt"), bytes("PK\3\4"));
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.seek(1L << 30);
            large.write(zip);
        }
        refused(file, file);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "K\0J\u00ff\u00ff\u00ff\u00ff\u0085K\1\u0085",
                "K\0\u008a\10\0\0\0\0\0\0\0\177\u0085K\1\u0085",
                "K\0\u008a\10\0\0\0\0\0\0\0\177\u0085K\0\u0085",
                "\u008a\10\0\0\0\0\0\0\0\177K\1\u0085K\1\u0085",
                "J\u00ff\u00ff\u00ff\u00ffK\1\u0085K\1\u0085",
                "K\0K\6\u0085K\6K\1\u0086",
                "K\0K\7\u0085K\1\u0085",
                "K\0N\u0085K\1\u0085",
                "K\0G\177\u00f8\0\0\0\0\0\0\u0085K\1\u0085",
            })
    void aTensorBeyondItsStorage(String offsetShapeAndStrides) throws IOException {
        String pickle = "\u0080\2}X\1\0\0\0actorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\nFloatStorage\n"
                + "X\1\0\0\0" + "0X\3\0\0\0cpuK\6tQ" + offsetShapeAndStrides + "\u0089}tRs.";
        Path file = archive(bytes(pickle), false);
        refused(file, file);
    }

    @Test
    void anArchiveThatIsCut() throws IOException {
        byte[] whole = Files.readAllBytes(Golden.path("torch_checkpoint.ckpt"));
        Path file = folder.resolve("cut.ckpt");
        for (int length = 0; length < whole.length; length += 97) {
            Files.write(file, Arrays.copyOf(whole, length));
            refused(file, file);
        }
        // there, but the numbers are not: what a download leaves that made the file as long as it is to be
        Files.write(file, whole);
        lengthen(file, 1L << 40);
        refused(file, file);
    }

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
        Files.delete(file);
        Files.createDirectory(file);
        refused(file, sd);
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("/dev/zero"));
        refused(file, sd);
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
        Files.delete(file);
        Files.createDirectory(file);
        refused(file, sd);
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("/dev/zero"));
        refused(file, sd);
        Files.delete(file);
        Path pickle = Files.createDirectory(file.resolveSibling("diffusion_pytorch_model.bin"));
        refused(pickle, sd);
    }

    private void adapterIsRefused(Map<String, Tensor> tensors, Map<String, String> notes, boolean word)
            throws IOException {
        Path file = folder.resolve("added.safetensors");
        Files.deleteIfExists(file);
        SafetensorsWriter.write(file, tensors, notes);
        Adapters added = word ? Adapters.NONE.withEmbedding(file) : Adapters.NONE.with(Lora.of(file));
        refused(
                file,
                () -> LatentDiffusion.load(Golden.path("tiny-stable-diffusion"), DType.FLOAT32, added)
                        .close());
    }

    @Test
    void aLoraThatIsNone() throws IOException {
        String layer = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.";
        Tensor down = Tensor.ones(2, 16);
        Tensor up = Tensor.ones(8, 2);
        adapterIsRefused(Map.of(), Map.of(), false);
        adapterIsRefused(
                Map.of(layer + "lora_down.weight", Tensor.ones(0, 16), layer + "lora_up.weight", Tensor.ones(8, 0)),
                Map.of(),
                false);
        adapterIsRefused(
                Map.of(layer + "lora_down.weight", Tensor.zeros(), layer + "lora_up.weight", Tensor.zeros()),
                Map.of(),
                false);
        for (Tensor alpha :
                List.of(Tensor.full(Float.NaN), Tensor.full(Float.POSITIVE_INFINITY), Tensor.ones(2), Tensor.ones(0))) {
            Map<String, Tensor> all =
                    Map.of(layer + "lora_down.weight", down, layer + "lora_up.weight", up, layer + "alpha", alpha);
            adapterIsRefused(all, Map.of(), false);
        }
        String named = "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.lora_";
        for (String notes : List.of(
                "[",
                DEEP,
                "{\"unet.lora_alpha\":1}",
                "{\"unet.r\":0,\"unet.lora_alpha\":1}",
                "{\"unet.r\":2,\"unet.lora_alpha\":NaN}")) {
            adapterIsRefused(
                    Map.of(named + "A.weight", down, named + "B.weight", up),
                    Map.of("lora_adapter_metadata", notes),
                    false);
        }
    }

    @Test
    void aLearnedWordThatIsNone() throws IOException {
        for (Tensor vectors : List.of(
                Tensor.ones(0, 16), Tensor.ones(2, 0), Tensor.ones(0), Tensor.zeros(), Tensor.ones(100_000, 16))) {
            adapterIsRefused(Map.of("emb_params", vectors), Map.of(), true);
        }
        adapterIsRefused(Map.of(), Map.of(), true);
        adapterIsRefused(Map.of(" ", Tensor.ones(2, 16)), Map.of(), true);
    }
}

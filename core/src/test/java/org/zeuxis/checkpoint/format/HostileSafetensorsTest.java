package org.zeuxis.checkpoint.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

class HostileSafetensorsTest {
    private static final String GOOD = "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

    @TempDir
    private Path folder;

    @Test
    void opensTheFileTheOthersAreVariationsOf() throws Exception {
        try (Safetensors good = Safetensors.open(file(GOOD.length(), GOOD, 8))) {
            assertThat(good.tensor("x").shape()).containsExactly(2);
        }
    }

    @Test
    void copiesATensorThatIsNotAligned() throws Exception {
        String header = "{\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                + "\"x\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[1,9]}}";
        Path file = file(header.length(), header, 9);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 8] = 5;
        Files.write(file, bytes);
        try (Safetensors odd = Safetensors.open(file)) {
            assertThat(odd.tensor("x").toLongs()).containsExactly(5, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1L << 62, -1, Long.MIN_VALUE, 100_000_001, 1000})
    void refusesAHeaderLengthThatCannotBe(long length) throws Exception {
        assertThatIOException()
                .isThrownBy(() -> Safetensors.open(file(length, GOOD, 8)))
                .withMessageContaining("expected a header of ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                                                              | 8 bytes of data where",
                "{]                                                                              | in JSON",
                "{\"x\":                                                                         | in JSON",
                "{\"x\":3}                                                                       | VALUE_NUMBER_INT where x",
                "{\"x\":{}}                                                                      | x without shape",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[2]}}                                       | without two data_offsets",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}                  | without two data_offsets",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}               | -2 in x shape",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}              | VALUE_NUMBER_FLOAT",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}                | which takes 12",
                "{\"x\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,8]}}                | which takes 16",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}                | got bytes 8 to 0",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,16]}}               | got bytes 0 to 16",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}               | -8 in x data_offsets",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}                | beginning at byte 4",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}                | 8 bytes of data where",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}} | more than memory",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[0,9223372036854775807],\"data_offsets\":[0,0]}} | more than memory",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}}  | in JSON",
                "{\"x\":{\"dtype\":\"F8_E5M2\",\"shape\":[8],\"data_offsets\":[0,8]}}            | got F8_E5M2;",
                "{\"x\":{\"dtype\":3,\"shape\":[2],\"data_offsets\":[0,8]}}                      | x dtype",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":{},\"data_offsets\":[0,8]}}                 | START_OBJECT where x shape",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"y\":1}}        | unknown key y",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"shape\":[2],\"data_offsets\":[0,8]}}  | Duplicate",
                "{\"__metadata__\":{\"a\":1}}                                                    | __metadata__ a",
                "{\"__metadata__\":[]}                                                           | __metadata__",
            })
    void refusesAHeaderThatIsWrong(String header, String message) throws Exception {
        assertThatIOException()
                .isThrownBy(() -> Safetensors.open(file(header.length(), header, 8)))
                .withMessageContaining("x.safetensors: expected ")
                .withMessageContaining(message);
    }

    @Test
    void refusesOverlapsDuplicatesAndWhatFollows() throws Exception {
        String entry = "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";
        String second = "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}";
        refuses(
                "{\"x\":" + entry + ",\"y\":" + second + "}",
                6,
                "y beginning at byte 2 where the one before ends at 4");
        refuses("{\"x\":" + entry + ",\"y\":" + entry + "}", 4, "beginning at byte 0");
        refuses("{\"x\":" + entry + ",\"x\":" + entry + "}", 4, "Duplicate");
        refuses("{\"x\":" + entry + "} {}", 4, "more after");
        refuses("{\"x\":" + entry + "} ~", 4, "in JSON");
        refuses("{\"x\n\":" + entry + "}", 4, "in JSON");
        refuses("{\"x\":" + entry + "}", 5, "5 bytes of data");
        refuses("{\"x\":" + "[".repeat(100_000) + "}", 4, "START_ARRAY");
        refuses("{\"x\":{\"shape\":" + "[".repeat(100_000) + "}", 4, "START_ARRAY");
        refuses("{\"" + "x".repeat(1_000_000) + "\":3}", 4, "in JSON");
        refuses(
                "{\"x\":{\"dtype\":\"U8\",\"shape\":[" + "1,".repeat(99) + "4],\"data_offsets\":[0,4]}}",
                4,
                "x shape of more than 64 numbers");
    }

    @Test
    void aCutFileIsRefusedWhereverItIsCut() throws Exception {
        byte[] whole = Files.readAllBytes(SafetensorsGoldenTest.golden("types.safetensors"));
        Path file = folder.resolve("cut.safetensors");
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatIOException().as("cut to %d", length).isThrownBy(() -> Safetensors.open(file));
        }
    }

    @Test
    void flippedBytesLoadOrAreRefusedButNeverCrash() throws Exception {
        byte[] whole = Files.readAllBytes(SafetensorsGoldenTest.golden("types.safetensors"));
        int header = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
        Random random = new Random(20260101);
        int loaded = 0;
        int refused = 0;
        for (int trial = 0; trial < 4000; trial++) {
            byte[] bytes = whole.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                bytes[random.nextInt(8 + header)] = (byte) random.nextInt(256);
            }
            Path file = folder.resolve("flipped.safetensors");
            Files.deleteIfExists(file);
            Files.write(file, bytes);
            try (Scope scope = new Scope();
                    Safetensors read = Safetensors.open(file)) {
                for (Tensor x : read.tensors().values()) x.toBytes();
                loaded++;
            } catch (IOException e) {
                assertThat(e.getMessage()).contains("expected").doesNotContain("\n");
                refused++;
            }
        }
        assertThat(loaded).isPositive();
        assertThat(refused).isGreaterThan(1000);
    }

    private void refuses(String header, int data, String message) throws Exception {
        Path file = file(header.getBytes(StandardCharsets.UTF_8).length, header, data);
        assertThatIOException().isThrownBy(() -> Safetensors.open(file)).withMessageContaining(message);
    }

    private Path file(long length, String header, int data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + data).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(length).put(text);
        return Files.write(folder.resolve("x.safetensors"), bytes.array());
    }
}

package org.zeuxis.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.zeuxis.hub.MalformedFile.bytes;
import static org.zeuxis.hub.MalformedFile.lengthen;
import static org.zeuxis.hub.MalformedFile.refused;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.Golden;

/** PyTorch's archives that are broken or were made to do harm: nothing in them is run. */
class MalformedPickleTest {
    @TempDir
    Path folder;

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

    /** Each of them once took a look at its header. */
    @Test
    void anArchiveOfVeryManyParts() throws IOException {
        Path file = folder.resolve("many.ckpt");
        try (ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            for (int i = 0; i < 600_000; i++) {
                zip.putNextEntry(new ZipEntry("a/data/" + i));
                zip.closeEntry();
            }
        }
        assertThat(refused(file, file)).contains("whose list of parts takes ", "at most 4194304");
    }

    /** As many as are believed, of which each name is as long as can be. */
    @Test
    void anArchiveOfLongNames() throws IOException {
        Path file = folder.resolve("long.ckpt");
        String name = "a".repeat(60_000);
        try (ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            for (int i = 0; i < 300; i++) {
                zip.putNextEntry(new ZipEntry(name + i));
                zip.closeEntry();
            }
        }
        assertThat(refused(file, file)).contains("whose list of parts takes 180");
    }

    /** Few bytes for each of them. */
    @Test
    void aPickleOfVeryManyTensors() throws IOException {
        StringBuilder pickle = new StringBuilder("\u0080\2ctorch._utils\n_rebuild_tensor_v2\nq\0");
        pickle.append("((X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0" + "0X\3\0\0\0cpuK\6tQ")
                .append("K\0K\1\u0085K\1\u0085\u0089}tq\1]("); // its arguments, memorized
        for (int i = 0; i < 400_000; i++) pickle.append("h\0h\1R");
        Path file = archive(bytes(pickle.append("e.").toString()), false);
        assertThat(refused(file, file)).contains("more than 100000 tensors");
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
}

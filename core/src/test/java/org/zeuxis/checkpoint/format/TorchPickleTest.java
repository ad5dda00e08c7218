package org.zeuxis.checkpoint.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

class TorchPickleTest {
    @TempDir
    private Path folder;

    @Test
    void readsWhatTorchSaveWrites() throws Exception {
        try (TorchPickle file = TorchPickle.open(SafetensorsGoldenTest.golden("torch_archive.bin"))) {
            SafetensorsGoldenTest.NAMES.forEach((name, type) -> {
                assertThat(file.dtype(name)).isEqualTo(type);
                assertThat(file.shape(name)).containsExactly(2, 3);
                long[] expected = type == DType.BOOL ? new long[] {0, 1, 1, 1, 1, 1} : new long[] {0, 1, 2, 3, 4, 5};
                assertThat(file.tensor(name).toLongs()).as(name).isEqualTo(expected);
            });
            assertThat(file.names()).hasSize(SafetensorsGoldenTest.NAMES.size() + 4);
            assertThat(file.tensor("part").toLongs()).containsExactly(4, 5, 6, 7);
            assertThat(file.tensor("turned").shape()).containsExactly(4, 3);
            assertThat(file.tensor("turned").toLongs()).containsExactly(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11);
            assertThat(file.tensor("parameter").toLongs()).containsExactly(0, 1, 2);
            assertThat(file.dtype("parameter")).isEqualTo(DType.BFLOAT16);
        }
    }

    @Test
    void joinsNestedNamesAndKeepsTheRestAsMetadata() throws Exception {
        try (TorchPickle file = TorchPickle.open(SafetensorsGoldenTest.golden("torch_checkpoint.ckpt"))) {
            assertThat(file.names()).contains("state_dict.part");
            assertThat(file.metadata()).containsEntry("epoch", "3");
        }
    }

    /** A class as a key and numbers of numpy, as PyTorch Lightning left them beside the weights of Stable Diffusion. */
    @Test
    void aTrainingsOwnNotesDoNotStandInTheWay() throws Exception {
        try (TorchPickle file = TorchPickle.open(SafetensorsGoldenTest.golden("torch_lightning.ckpt"))) {
            String callback = "callbacks.pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint.";
            assertThat(file.names())
                    .containsExactly("state_dict.model.diffusion_model.out.2.weight", callback + "best_model_score");
            assertThat(file.tensor("state_dict.model.diffusion_model.out.2.weight")
                            .toLongs())
                    .containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(file.metadata()).containsEntry(callback + "monitor", "val/loss");
        }
    }

    @Test
    void refusesWhatCouldRunCode() throws Exception {
        Path file = SafetensorsGoldenTest.golden("torch_with_code.bin");
        assertThatIOException()
                .isThrownBy(() -> TorchPickle.open(file))
                .withMessageContaining("got a reference to torch.nn.modules.linear.Linear, which may run code");
        for (String global : new String[] {"os\nsystem", "builtins\neval", "torch\nload", "torch._utils\n_rebuild_x"}) {
            String pickle = "\u0080\2c" + global + "\n(X\4\0\0\0truetR.";
            assertThatIOException()
                    .isThrownBy(() -> TorchPickle.open(archive("a/data.pkl", pickle)))
                    .withMessageContaining("got a reference to " + global.replace('\n', '.'));
        }
        assertThatIOException()
                .isThrownBy(() -> TorchPickle.open(archive("a/data.pkl", "\u0080\4\u008c\5posix\u008c\6system\u0093.")))
                .withMessageContaining("posix.system");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "\u0080\2",
                "\u0080\7N.",
                "\u0080\2R.",
                "\u0080\2(.",
                "\u0080\2h\5.",
                "\u0080\2X\u00ff\u00ff\u00ff\u007fa.",
                "\u0080\2NNs.",
                "\u0080\2}]Ns.",
                "\u0080\2i.",
                "\u0080\2t.",
                "\u0080\2Na.",
                "\u0080\2cos",
                "\u0080\2]q\0h\0a.",
                "\u0080\2}q\0X\1\0\0\0ah\0s.",
                "\u0080\2ctorch._utils\n_rebuild_tensor_v2\n)R."
            })
    void refusesBrokenPickles(String pickle) {
        assertThatIOException()
                .isThrownBy(() -> TorchPickle.open(archive("a/data.pkl", pickle)))
                .withMessageContaining("expected ");
    }

    /** Lists of one list, again and again: few bytes that stand for more values than there are atoms. */
    @Test
    void refusesToWalkWithoutEnd() throws Exception {
        StringBuilder laughs = new StringBuilder("\u0080\2]q\0(");
        for (int level = 0; level < 14; level++) {
            laughs.append(("h" + (char) level).repeat(12))
                    .append("e]q")
                    .append((char) (level + 1))
                    .append('(');
        }
        refuses(laughs.append("h\16e.").toString(), "nesting without end");
        refuses("\u0080\2}X\u00e8\3\0\0" + "a".repeat(1000) + "}X\1\0\0\0b}sss.", "expected ");
    }

    @Test
    void refusesAReferenceThatIsNoText() throws Exception {
        refuses("\u0080\4]\u0094h\0ah\0\u0093.", "a reference that is no text");
    }

    @Test
    void refusesAttributesGivenAgainAndAgain() throws Exception {
        StringBuilder state = new StringBuilder("}q\0(");
        for (char key = 'a'; key <= 'z'; key++)
            state.append("X\1\0\0\0").append(key).append('N');
        state.append('u');
        String module = "c__torch__\nM\n)\u0081";
        refuses("\u0080\2" + state + module + "h\0b".repeat(100) + ".", "attributes that are written once");
    }

    @Test
    void refusesATensorOfMoreNumbersThanItsStorageHolds() throws Exception {
        String pickle =
                "\u0080\2}X\1\0\0\0ac" + "torch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\nFloatStorage\n"
                        + "X\1\0\0\0" + "0X\3\0\0\0cpuK\6tQK\0M\u00e8\3M\u00e8\3\u0086K\0K\0\u0086\u0089}tRs.";
        Path file = folder.resolve("stride.pt");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            store(zip, "a/data.pkl", pickle);
            store(zip, "a/data/0", "\0".repeat(24));
        }
        assertThatIOException()
                .isThrownBy(() -> TorchPickle.open(file))
                .withMessageStartingWith(file + ": ")
                .withMessageContaining("a of 1000000 numbers from 0 in a storage of 6");
    }

    @Test
    void refusesAPickleThatUnpacksToFillTheMemory() throws Exception {
        Path file = folder.resolve("bomb.pt");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("a/data.pkl"));
            zip.write(("\u0080\2" + "]".repeat(1 << 20)).getBytes(StandardCharsets.ISO_8859_1));
            zip.closeEntry();
        }
        assertThatIOException()
                .isThrownBy(() -> TorchPickle.open(file))
                .withMessageStartingWith(file + ": ")
                .withMessageContaining("a/data.pkl of 1048578 bytes in a file of");
    }

    /** Zstandard and others, for which a library would have to be there. */
    @Test
    void refusesAPartThatIsPackedOtherwise() throws Exception {
        Path file = archive("a/data.pkl", "\u0080\2}.");
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        int method = bytes.indexOf("PK\1\2") + 10;
        Files.writeString(
                file, bytes.substring(0, method) + "]" + bytes.substring(method + 1), StandardCharsets.ISO_8859_1);
        assertThatIOException()
                .isThrownBy(() -> TorchPickle.open(file))
                .withMessageStartingWith(file + ": ")
                .withMessageContaining("a/data.pkl packed by method 93");
    }

    private void refuses(String pickle, String words) throws IOException {
        Path file = archive("a/data.pkl", pickle);
        assertThatIOException()
                .isThrownBy(() -> TorchPickle.open(file))
                .withMessageStartingWith(file + ": ")
                .withMessageContaining(words);
    }

    @Test
    void refusesOtherFiles() throws Exception {
        assertThatIOException()
                .isThrownBy(() -> TorchPickle.open(archive("a/other.txt", "x")))
                .withMessageContaining("without data.pkl");
        Path file = Files.write(folder.resolve("old.pt"), new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 1, 2, 3, 4});
        assertThatIOException().isThrownBy(() -> TorchPickle.open(file)).withMessageContaining("old.pt");
        assertThatIOException().isThrownBy(() -> TorchPickle.open(folder.resolve("absent")));
    }

    @Test
    void flippedBytesLoadOrAreRefused() throws Exception {
        byte[] whole = Files.readAllBytes(SafetensorsGoldenTest.golden("torch_archive.bin"));
        Random random = new Random(20260102);
        int loaded = 0;
        int refused = 0;
        for (int trial = 0; trial < 1000; trial++) {
            byte[] bytes = whole.clone();
            // half of the trials in the pickle, which comes first, half anywhere
            int reach = trial % 2 == 0 ? 1400 : whole.length;
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                bytes[random.nextInt(reach)] = (byte) random.nextInt(256);
            }
            Path file = folder.resolve("flipped.bin");
            Files.deleteIfExists(file);
            Files.write(file, bytes);
            try (Scope scope = new Scope();
                    TorchPickle read = TorchPickle.open(file)) {
                for (Tensor x : read.tensors().values()) if (x.count() < 1000) x.toBytes();
                loaded++;
            } catch (IOException e) {
                refused++;
            }
        }
        assertThat(loaded).isPositive();
        assertThat(refused).isGreaterThan(100);
    }

    private Path archive(String name, String content) throws IOException {
        Path file = folder.resolve("x.bin");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            store(zip, name, content);
        }
        return file;
    }

    private static void store(ZipOutputStream zip, String name, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        ZipEntry entry = new ZipEntry(name);
        CRC32 sum = new CRC32();
        sum.update(bytes);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(sum.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }
}

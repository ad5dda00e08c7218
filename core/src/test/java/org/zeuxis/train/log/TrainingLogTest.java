package org.zeuxis.train.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.train.Report;

/** What a run writes down, read back by a decoder of its own. */
final class TrainingLogTest {
    private static final Image PICTURE = new Image(2, 1, 3, new byte[] {1, 2, 3, 4, 5, 6});

    @TempDir
    Path folder;

    private TrainingLog log() throws IOException {
        return new TrainingLog(folder, Duration.ofHours(1), () -> Optional.of(PICTURE));
    }

    private static Report report(long step, double loss) {
        return new Report(step, 5, loss, 0.5, 1e-3, 12);
    }

    @Test
    void metricsReadBackToTheBitAndRowsAfterTheRestoredStepAreDropped() throws IOException {
        double loss = Math.nextUp(1 / 3.0);
        try (TrainingLog log = log()) {
            log.goesOnFrom(0);
            for (long step = 1; step <= 4; step++) log.stepped(report(step, loss * step));
        }
        Path metrics = folder.resolve("metrics.csv");
        Files.writeString(metrics, Files.readString(metrics) + "5,0.12"); // killed while it wrote
        try (TrainingLog log = log()) {
            log.goesOnFrom(2);
            log.stepped(report(3, 7));
        }
        List<String> rows = Files.readAllLines(metrics);
        assertThat(rows.get(0)).isEqualTo("step,loss,gradient_norm,learning_rate,samples_per_second,seconds");
        assertThat(rows.stream().skip(1).map(row -> row.split(",")[0])).containsExactly("1", "2", "3");
        assertThat(Double.parseDouble(rows.get(1).split(",")[1])).isEqualTo(loss);
        assertThat(rows.get(3)).startsWith("3,7.0,0.5,0.001,12.0,");
        double before = Double.parseDouble(rows.get(2).split(",")[5]);
        assertThat(Double.parseDouble(rows.get(3).split(",")[5]))
                .as("seconds go on")
                .isGreaterThanOrEqualTo(before);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskNamesTheFile() throws IOException {
        try (TrainingLog log = log()) {
            log.goesOnFrom(0);
            Path metrics = folder.resolve("metrics.csv");
            Files.delete(metrics);
            Files.createSymbolicLink(metrics, Path.of("/dev/full"));
            assertThatThrownBy(() -> log.stepped(report(1, 1)))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(metrics + ": ")
                    .hasMessageContaining("No space left on device");
        }
    }

    @Test
    void tensorBoardFindsVersionScalarsRestartAndPicture() throws IOException {
        try (TrainingLog log = log()) {
            log.goesOnFrom(3);
            log.stepped(report(4, 0.25));
            log.averaged(report(4, 0.25));
        }
        List<Map<Integer, Object>> events = events();
        assertThat(events).hasSize(4);
        assertThat(text(at(events.get(0), 3))).isEqualTo("brain.Event:2");
        assertThat(events.get(0).get(1)).isInstanceOf(Double.class);
        assertThat(fields(at(events.get(1), 7))).containsEntry(1, 1L);
        assertThat(events.get(1)).containsEntry(2, 4L);
        assertThat(events.get(2)).containsEntry(2, 4L);
        Map<Integer, Object> first = fields(at(fields(at(events.get(2), 5)), 1));
        assertThat(text(at(first, 1))).isEqualTo("loss");
        assertThat(first.get(2)).isEqualTo(0.25f);
        Map<Integer, Object> value = fields(at(fields(at(events.get(3), 5)), 1));
        Map<Integer, Object> image = fields(at(value, 4));
        assertThat(text(at(value, 1))).isEqualTo("samples");
        assertThat(image).containsEntry(1, 1L).containsEntry(2, 2L).containsEntry(3, 3L);
        assertThat(ImageFile.decode((byte[]) at(image, 4)).samples()).isEqualTo(PICTURE.samples());
        assertThat(ImageFile.read(folder.resolve("samples/step-000000004.png")).samples())
                .isEqualTo(PICTURE.samples());
    }

    @Test
    void picturesAreDrawnInTimeAndAtTheEnd() throws IOException {
        try (TrainingLog log = log()) {
            assertThat(log.wantsAverage(report(1, 1))).isFalse();
            assertThat(log.wantsAverage(report(5, 1))).isTrue();
        }
        try (TrainingLog log = new TrainingLog(folder, Duration.ZERO, Optional::empty)) {
            assertThat(log.wantsAverage(report(1, 1))).isTrue();
            log.averaged(report(1, 1));
        }
        assertThat(folder.resolve("samples")).doesNotExist();
    }

    @Test
    void theChecksumIsTensorFlows() {
        // crc32c of 32 zeros is 0x8a9136aa (RFC 3720, B.4)
        int rotated = 0x8a9136aa >>> 15 | 0x8a9136aa << 17;
        assertThat(EventFile.checksum(new byte[32], 32)).isEqualTo(rotated + 0xa282ead8);
    }

    private List<Map<Integer, Object>> events() throws IOException {
        Path file;
        try (Stream<Path> files = Files.list(folder.resolve("events"))) {
            file = files.findFirst().orElseThrow();
        }
        assertThat(file.getFileName().toString()).contains("tfevents");
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Map<Integer, Object>> events = new ArrayList<>();
        while (in.hasRemaining()) {
            byte[] length = new byte[8];
            in.get(length);
            assertThat(in.getInt()).isEqualTo(EventFile.checksum(length, 8));
            byte[] data = new byte
                    [(int) ByteBuffer.wrap(length)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getLong()];
            in.get(data);
            assertThat(in.getInt()).isEqualTo(EventFile.checksum(data, data.length));
            events.add(fields(data));
        }
        return events;
    }

    /** The first value of each field of a message. */
    private static Map<Integer, Object> fields(Object message) {
        ByteBuffer in = ByteBuffer.wrap((byte[]) message).order(ByteOrder.LITTLE_ENDIAN);
        Map<Integer, Object> all = new HashMap<>();
        while (in.hasRemaining()) {
            long key = varint(in);
            Object value = switch ((int) (key & 7)) {
                case 0 -> varint(in);
                case 1 -> in.getDouble();
                case 5 -> in.getFloat();
                default -> {
                    byte[] bytes = new byte[(int) varint(in)];
                    in.get(bytes);
                    yield bytes;
                }
            };
            all.putIfAbsent((int) (key >>> 3), value);
        }
        return all;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) return value;
        }
    }

    private static Object at(Map<Integer, Object> message, int field) {
        return Objects.requireNonNull(message.get(field), () -> "field " + field);
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, StandardCharsets.UTF_8);
    }
}

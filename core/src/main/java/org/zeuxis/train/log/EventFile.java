package org.zeuxis.train.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;
import org.zeuxis.file.UnfinishedFile;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;

/**
 * A file that TensorBoard shows: numbers and pictures by step, as records of its Event messages.
 *
 * @see <a href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/event.proto">event.proto</a> and
 *     TFRecord, whose checksums are CRC-32C, rotated and shifted
 */
final class EventFile implements AutoCloseable {
    private static final int MASK = 0xa282ead8;

    private final Path file;
    private final FileChannel channel;

    /** @param folder where TensorBoard is pointed at; made if need be */
    EventFile(Path folder) throws IOException {
        Files.createDirectories(folder);
        String name = String.format(
                java.util.Locale.ROOT,
                "events.out.tfevents.%010d.zeuxis.%d.%d",
                System.currentTimeMillis() / 1000,
                ProcessHandle.current().pid(),
                System.nanoTime());
        file = folder.resolve(name);
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        write(event(0).text(3, "brain.Event:2"));
    }

    /** Steps from {@code step} on, in this file and those before it, no longer count. */
    void restart(long step) throws IOException {
        write(event(step).message(7, new Message().number(1, 1)));
    }

    void scalars(long step, Map<String, Double> values) throws IOException {
        Message summary = new Message();
        values.forEach((tag, value) ->
                summary.message(1, new Message().text(1, tag).real(2, (float) value.doubleValue())));
        write(event(step).message(5, summary));
    }

    void image(long step, String tag, Image image) throws IOException {
        Message picture = new Message()
                .number(1, image.height())
                .number(2, image.width())
                .number(3, image.channels())
                .bytes(4, ImageFile.png(image, PngText.NONE));
        write(event(step)
                .message(5, new Message().message(1, new Message().text(1, tag).message(4, picture))));
    }

    private static Message event(long step) {
        return new Message().real(1, System.currentTimeMillis() / 1e3).number(2, step);
    }

    private void write(Message event) throws IOException {
        byte[] data = event.bytes();
        ByteBuffer record = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(data.length);
        record.putInt(checksum(record.array(), 8));
        record.put(data).putInt(checksum(data, data.length)).flip();
        try {
            while (record.hasRemaining()) channel.write(record);
        } catch (IOException e) {
            throw UnfinishedFile.refused(file, e);
        }
    }

    static int checksum(byte[] bytes, int count) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, count);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** A protocol buffer message being written. */
    private static final class Message {
        private static final int VARINT = 0;
        private static final int FIXED64 = 1;
        private static final int BYTES = 2;
        private static final int FIXED32 = 5;

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint((long) field << 3 | VARINT);
            varint(value);
            return this;
        }

        Message real(int field, double value) {
            varint((long) field << 3 | FIXED64);
            return little(Double.doubleToLongBits(value), 8);
        }

        Message real(int field, float value) {
            varint((long) field << 3 | FIXED32);
            return little(Float.floatToIntBits(value), 4);
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return bytes(field, value.bytes());
        }

        Message bytes(int field, byte[] value) {
            varint((long) field << 3 | BYTES);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        private Message little(long bits, int count) {
            for (int i = 0; i < count; i++) out.write((int) (bits >>> 8 * i));
            return this;
        }

        private void varint(long value) {
            long rest = value;
            for (; (rest & ~0x7FL) != 0; rest >>>= 7) out.write((int) (rest & 0x7F | 0x80));
            out.write((int) rest);
        }
    }
}

package org.zeuxis.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * A file mapped into memory, whose stretches are tensors without being copied; and the way of tensors back into a file.
 *
 * <p>The mapping is private: writing into a tensor never changes the file. It lives until this is closed and the last
 * tensor made from it is gone. Files may be larger than 2 GiB; numbers in them are little endian.
 */
public final class TensorBytes implements AutoCloseable {
    private static final int CHUNK = 64 << 20;
    /** What is read at a time; stays in the cache while it is converted. */
    private static final int PIECE = 1 << 20;

    static {
        Engine.start();
    }

    private final Path file;
    private final org.bytedeco.pytorch.Tensor bytes;

    private TensorBytes(Path file, org.bytedeco.pytorch.Tensor bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /** @throws IOException if the file is empty or cannot be mapped */
    public static TensorBytes map(Path file) throws IOException {
        long size = Files.size(file);
        if (size == 0) throw new IOException(file + ": expected at least one byte to map, got an empty file");
        boolean windows = System.getProperty("os.name", "").startsWith("Windows");
        Charset names = windows
                ? StandardCharsets.UTF_8
                : Charset.forName(System.getProperty("sun.jnu.encoding", StandardCharsets.UTF_8.name()));
        try (BytePointer name = new BytePointer(file.toAbsolutePath() + "\0", names)) {
            return new TensorBytes(
                    file,
                    Scope.outlive(torch.from_file(
                            name,
                            new BoolOptional(false),
                            new LongOptional(size),
                            new TensorOptions(DType.UINT8.raw))));
        } catch (RuntimeException e) {
            throw new IOException(file + ": expected a file that can be mapped into memory, got " + firstLine(e), e);
        }
    }

    /** The size of the file in bytes. */
    public long size() {
        return bytes.numel();
    }

    /**
     * The tensor that begins at byte {@code offset}; a copy only where that is no multiple of the type's size.
     *
     * @throws IllegalArgumentException if it does not lie within the file
     */
    public Tensor view(DType type, long offset, long... shape) {
        long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        org.bytedeco.pytorch.Tensor typed = stretch(type, offset, count);
        Tensor shaped = new Tensor(typed.view(shape));
        typed.deallocate();
        return shaped;
    }

    /**
     * The same where neighbours along axis i lie {@code strides[i]} elements apart.
     *
     * @throws IllegalArgumentException if it does not lie within the file, or a stride is negative
     */
    public Tensor view(DType type, long offset, long[] shape, long[] strides) {
        if (strides.length != shape.length || Arrays.stream(strides).anyMatch(s -> s < 0)) {
            throw new IllegalArgumentException(
                    "expected " + shape.length + " strides of at least 0, got " + Arrays.toString(strides));
        }
        long count = 1;
        for (int i = 0; i < shape.length; i++) {
            if (shape[i] == 0) return view(type, offset, shape);
            count = Math.addExact(count, Math.multiplyExact(shape[i] - 1, strides[i]));
        }
        org.bytedeco.pytorch.Tensor typed = stretch(type, offset, count);
        Tensor shaped = new Tensor(typed.as_strided(shape, strides));
        typed.deallocate();
        return shaped;
    }

    /**
     * The tensor that {@link #view} would give, in another type or the same, and in memory of its own: it is read piece by
     * piece, so that no page of the file counts as this program's memory.
     *
     * @throws IOException if it cannot be read
     */
    public Tensor read(DType stored, long offset, DType type, long... shape) throws IOException {
        long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        long end = offset + length(stored, offset, count);
        try (Scope scope = new Scope();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            Tensor all = new Tensor(
                    torch.empty(new long[] {count}, new TensorOptions(type.raw), new MemoryFormatOptional()));
            long most = Math.min(count, PIECE / stored.bytes());
            Tensor piece = new Tensor(
                    torch.empty(new long[] {most}, new TensorOptions(stored.raw), new MemoryFormatOptional()));
            BytePointer memory = new BytePointer(piece.raw().data_ptr());
            for (long from = 0; from < count; from += most) {
                long some = Math.min(most, count - from);
                long at = end - (count - from) * stored.bytes();
                fill(memory.capacity(some * stored.bytes()).asByteBuffer(), channel, at);
                all.slice(0, from, from + some)
                        .raw()
                        .copy_(piece.slice(0, 0, some).raw());
            }
            return scope.keep(new Tensor(all.raw().view(shape)));
        }
    }

    private void fill(ByteBuffer piece, FileChannel channel, long offset) throws IOException {
        while (piece.hasRemaining()) {
            if (channel.read(piece, offset + piece.position()) >= 0) continue;
            throw new IOException(file + ": expected the " + size() + " bytes that it had when it was opened, got "
                    + channel.size() + "; do not write into a model's file while it is read");
        }
    }

    /** In bytes, which lie within the file. */
    private long length(DType type, long offset, long count) {
        if (bytes.isNull()) throw new IllegalStateException("expected an open mapping, got a closed one");
        long length = Math.multiplyExact(count, (long) type.bytes());
        if (offset < 0 || length < 0 || offset > size() - length) {
            throw new IllegalArgumentException(
                    "expected a place within " + size() + " bytes, got " + count + " " + type + " from byte " + offset);
        }
        return length;
    }

    private org.bytedeco.pytorch.Tensor stretch(DType type, long offset, long count) {
        long length = length(type, offset, count);
        org.bytedeco.pytorch.Tensor stretch =
                bytes.slice(0, new LongOptional(offset), new LongOptional(offset + length), 1);
        if (offset % type.bytes() != 0) {
            org.bytedeco.pytorch.Tensor aligned = stretch.clone();
            stretch.deallocate();
            stretch = aligned;
        }
        org.bytedeco.pytorch.Tensor typed = stretch.view(type.raw);
        stretch.deallocate();
        return typed;
    }

    /** Writes the elements of {@code x} in row-major order and its own type, a chunk at a time. */
    public static void write(Tensor x, WritableByteChannel out) throws IOException {
        long length = Math.multiplyExact(x.count(), (long) x.dtype().bytes());
        if (length == 0) return;
        org.bytedeco.pytorch.Tensor detached = x.raw().detach();
        org.bytedeco.pytorch.Tensor local = detached.cpu();
        org.bytedeco.pytorch.Tensor plain = local.contiguous();
        try {
            BytePointer start = new BytePointer(plain.data_ptr());
            for (long from = 0; from < length; from += CHUNK) {
                // a buffer reaches no further than 2 GiB from its pointer, so each chunk has a pointer of its own
                ByteBuffer chunk = start.getPointer(from)
                        .capacity(Math.min(CHUNK, length - from))
                        .asByteBuffer();
                while (chunk.hasRemaining()) out.write(chunk);
            }
        } finally {
            plain.deallocate();
            local.deallocate();
            detached.deallocate();
        }
    }

    private static String firstLine(RuntimeException e) {
        String message = e.getMessage();
        return message == null ? e.toString() : message.lines().findFirst().orElse(e.toString());
    }

    /** Gives the mapping back once no tensor needs it any more. */
    @Override
    public void close() {
        bytes.deallocate();
    }
}

package org.zeuxis.checkpoint.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.tensor.TensorBytes;
import org.zeuxis.text.NearestName;

/**
 * A safetensors file, mapped into memory: its tensors share the file's pages and are not copied.
 *
 * <p>The header is checked whole before any tensor is made. A tensor keeps the mapping alive for itself, so closing this
 * early is fine; what must not happen is that someone shortens the file in place meanwhile ({@link SafetensorsWriter}
 * replaces files instead). Writing into a tensor never changes the file.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class Safetensors implements Weights {
    private final Path file;
    private final SafetensorsHeader header;
    private final TensorBytes bytes;

    private Safetensors(Path file, SafetensorsHeader header, TensorBytes bytes) {
        this.file = file;
        this.header = header;
        this.bytes = bytes;
    }

    /** @throws IOException if the file is missing or is not a well-formed safetensors file of types known here */
    public static Safetensors open(Path file) throws IOException {
        SafetensorsHeader header = SafetensorsHeader.read(file);
        return new Safetensors(file, header, TensorBytes.map(file));
    }

    @Override
    public Set<String> names() {
        return header.entries().keySet();
    }

    @Override
    public long[] shape(String name) {
        return entry(name).shape().clone();
    }

    @Override
    public DType dtype(String name) {
        return entry(name).dtype();
    }

    @Override
    public Tensor tensor(String name) {
        SafetensorsHeader.Entry entry = entry(name);
        return bytes.view(entry.dtype(), header.dataStart() + entry.begin(), entry.shape());
    }

    @Override
    public Tensor copy(String name, DType type) {
        SafetensorsHeader.Entry entry = entry(name);
        try {
            return bytes.read(entry.dtype(), header.dataStart() + entry.begin(), type, entry.shape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Map<String, String> metadata() {
        return header.metadata();
    }

    @Override
    public String origin() {
        return file.toString();
    }

    private SafetensorsHeader.Entry entry(String name) {
        SafetensorsHeader.Entry entry = header.entries().get(name);
        if (entry == null) throw new IllegalArgumentException(file + " lacks " + NearestName.hint(name, names()));
        return entry;
    }

    @Override
    public void close() {
        bytes.close();
    }
}

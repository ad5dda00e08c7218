package org.zeuxis.app.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** What a command prints; remembers if not all of it could be written, as onto a full disk. */
public final class StandardOutput extends OutputStream {
    private final OutputStream stream = new FileOutputStream(FileDescriptor.out);
    private @Nullable IOException failure;

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        try {
            stream.write(bytes, from, count);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** Why the output is not whole; null if it is, or if its reader had seen enough. */
    @Nullable
    public String fault() {
        if (failure == null || String.valueOf(failure.getMessage()).contains("Broken pipe")) return null;
        return "expected to write all of the output, got '" + failure.getMessage() + "'; what was printed is not whole";
    }
}

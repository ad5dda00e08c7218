package org.zeuxis.data.format;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.zeuxis.data.Problem;

/**
 * Where the files of a tar archive begin and end, found by reading nothing but their headers (ustar, PAX and GNU names).
 *
 * @param entries regular files, in the archive's order
 * @param size of the archive in bytes when it was indexed
 */
record TarIndex(Path path, List<Entry> entries, long size) {
    private static final int BLOCK = 512;
    private static final int LONGEST_NAME = 1 << 20;

    /** One file: its name, and its place in the archive in bytes. */
    record Entry(String name, long offset, long size) {}

    /**
     * Reads the headers.
     *
     * @param problem hears why reading ended early, if it did; the files before that place are still indexed
     * @throws IOException if the archive cannot be opened or begins with something else than a tar header
     */
    static TarIndex read(Path path, Consumer<Problem> problem) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size == 0) throw new IOException(path + ": expected a tar archive, got an empty file; fetch it again");
            long at = 0;
            String longName = null;
            long longSize = -1;
            while (true) {
                byte[] header = new byte[BLOCK];
                try {
                    if (at == size) {
                        problem.accept(
                                new Problem(path.toString(), "lacks the end mark of a tar archive; it may be cut"));
                        break;
                    }
                    readAt(channel, header, at);
                } catch (EOFException e) {
                    problem.accept(new Problem(path.toString(), "is cut at byte " + size + ", within a header"));
                    break;
                }
                if (zero(header)) break;
                String wrong = wrong(header);
                if (wrong != null) {
                    if (at == 0) throw new IOException(path + ": expected a tar archive, got " + kind(header));
                    problem.accept(new Problem(path.toString(), wrong + " at byte " + at + "; the rest is left out"));
                    break;
                }
                char type = (char) header[156];
                long length = longSize >= 0 ? longSize : number(header, 124, 12);
                long data = at + BLOCK;
                if (length > size - data) {
                    String name = longName == null ? name(header) : longName;
                    problem.accept(new Problem(
                            path.toString(),
                            "is cut: " + name + " needs " + length + " bytes, " + Math.max(0, size - data)
                                    + " are left"));
                    break;
                }
                at = data + (length + BLOCK - 1) / BLOCK * BLOCK;
                if (type == 'L' || type == 'x') {
                    if (length > LONGEST_NAME) {
                        problem.accept(new Problem(
                                path.toString(), "has a header of " + length + " bytes; the rest is left out"));
                        break;
                    }
                    byte[] body = new byte[(int) length];
                    readAt(channel, body, data);
                    if (type == 'L') {
                        longName = text(body, 0, body.length);
                    } else {
                        String paxName = pax(body, "path");
                        String paxSize = pax(body, "size");
                        if (paxName != null) longName = paxName;
                        if (paxSize != null) longSize = parse(paxSize);
                    }
                    continue;
                }
                if (type == '0' || type == 0 || type == '7') {
                    entries.add(new Entry(longName == null ? name(header) : longName, data, length));
                }
                if (type != 'g') {
                    longName = null;
                    longSize = -1;
                }
            }
            return new TarIndex(path, List.copyOf(entries), size);
        }
    }

    /** Reads a part of the archive; safe for any number of threads. */
    static byte[] bytes(Path path, long offset, int length, long archiveSize) throws IOException {
        if (!Files.exists(path)) throw new IOException(path + ": has been removed since it was opened");
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (channel.size() != archiveSize) {
                throw new IOException(path + ": has changed since it was opened; open the dataset again");
            }
            byte[] bytes = new byte[length];
            readAt(channel, bytes, offset);
            return bytes;
        }
    }

    private static void readAt(FileChannel channel, byte[] into, long at) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into);
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, at + buffer.position());
            if (read < 0) throw new EOFException("expected " + into.length + " bytes at byte " + at);
        }
    }

    private static @Nullable String wrong(byte[] header) {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? ' ' : header[i] & 255;
        if (number(header, 148, 8) != sum) return "a damaged header";
        if (number(header, 124, 12) < 0) return "a header with a malformed size";
        return null;
    }

    private static String kind(byte[] header) {
        if ((header[0] & 255) == 0x1f && (header[1] & 255) == 0x8b) return "a gzip file; unpack it with gunzip first";
        if (header[0] == 'P' && header[1] == 'K') return "a zip file; unpack it and name the folder";
        if (header[0] == '<') return "a web page; fetch the archive again";
        return "something else";
    }

    private static boolean zero(byte[] block) {
        for (byte b : block) if (b != 0) return false;
        return true;
    }

    private static String name(byte[] header) {
        String name = text(header, 0, 100);
        boolean ustar = text(header, 257, 5).equals("ustar") && header[262] == 0;
        String prefix = ustar ? text(header, 345, 155) : "";
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    private static String text(byte[] bytes, int from, int length) {
        int end = from;
        while (end < from + length && bytes[end] != 0) end++;
        return new String(bytes, from, end - from, StandardCharsets.UTF_8);
    }

    /** An octal number, or a binary one if its first bit is set; -1 if it is neither. */
    private static long number(byte[] bytes, int from, int length) {
        if ((bytes[from] & 0x80) != 0) {
            long value = bytes[from] & 0x3f;
            for (int i = from + 1; i < from + length; i++) {
                if (value > Long.MAX_VALUE >> 9) return -1;
                value = value << 8 | bytes[i] & 255;
            }
            return value;
        }
        String digits = text(bytes, from, length).strip();
        if (digits.isEmpty()) return 0;
        for (int i = 0; i < digits.length(); i++) if (digits.charAt(i) < '0' || digits.charAt(i) > '7') return -1;
        return Long.parseLong(digits, 8);
    }

    private static long parse(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE >> 1; // reported as a file longer than its archive
        }
    }

    /** The value of one "LENGTH KEY=VALUE\n" record. */
    private static @Nullable String pax(byte[] body, String key) {
        int at = 0;
        String value = null;
        while (at < body.length) {
            int space = at;
            while (space < body.length && body[space] >= '0' && body[space] <= '9' && space - at < 9) space++;
            if (space == at || space >= body.length || body[space] != ' ') return value;
            int length = Integer.parseInt(new String(body, at, space - at, StandardCharsets.US_ASCII));
            if (length <= space - at + 1 || length > body.length - at) return value;
            String line = new String(body, space + 1, at + length - space - 2, StandardCharsets.UTF_8);
            if (line.startsWith(key + "=")) value = line.substring(key.length() + 1);
            at += length;
        }
        return value;
    }
}

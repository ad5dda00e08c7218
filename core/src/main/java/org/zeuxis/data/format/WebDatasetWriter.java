package org.zeuxis.data.format;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;
import org.zeuxis.file.UnfinishedFile;

/**
 * Writes samples into numbered tar shards of the WebDataset layout: {@code KEY.EXTENSION}, one entry per part.
 *
 * <p>The bytes depend on nothing but the samples: times, owners and modes are fixed. Shards appear under their names
 * only when {@link #finish} is called; they then replace every older shard of the same prefix. Closing without
 * finishing leaves the folder as it was.
 */
public final class WebDatasetWriter implements Closeable {
    private static final Pattern KEY = Pattern.compile("[^./\\\\\\s][^./\\\\]*");
    private static final Pattern EXTENSION = Pattern.compile("[A-Za-z0-9_]+(\\.[A-Za-z0-9_]+)*");

    private final Path folder;
    private final String prefix;
    private final int samplesPerShard;
    private final Set<String> keys = new HashSet<>();
    private final List<UnfinishedFile> written = new ArrayList<>();
    private @Nullable BufferedOutputStream buffer;
    private @Nullable TarArchiveOutputStream shard;
    private boolean finished;

    /**
     * @param folder made if missing
     * @param prefix shards are named {@code prefix-00000.tar}, {@code prefix-00001.tar}, …
     * @param samplesPerShard at least 1
     */
    public WebDatasetWriter(Path folder, String prefix, int samplesPerShard) throws IOException {
        if (samplesPerShard < 1) {
            throw new IllegalArgumentException("expected at least 1 sample per shard, got " + samplesPerShard);
        }
        if (!prefix.matches("[A-Za-z0-9_-]+")) {
            throw new IllegalArgumentException(
                    "expected a shard prefix of letters, digits, '-' and '_', got '" + prefix + "'");
        }
        this.folder = Files.createDirectories(folder);
        this.prefix = prefix;
        this.samplesPerShard = samplesPerShard;
    }

    /**
     * Appends one sample.
     *
     * @param key unique, without dots and slashes (a dot would end the key for every WebDataset reader)
     * @param parts contents by extension, such as {@code png}, {@code json}, {@code txt}; written in the order of their
     *     names
     * @throws IllegalArgumentException if the key was written before, or the key or an extension is malformed
     */
    public void write(String key, Map<String, byte[]> parts) throws IOException {
        if (finished) throw new IllegalStateException("expected an open writer, this one is finished");
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("expected a key without dots and slashes, got '" + key + "'");
        }
        if (parts.isEmpty()) throw new IllegalArgumentException("sample '" + key + "' has no parts");
        for (String extension : parts.keySet()) {
            if (!EXTENSION.matcher(extension).matches()) {
                throw new IllegalArgumentException(
                        "expected an extension such as png or json for sample '" + key + "', got '" + extension + "'");
            }
        }
        if (!keys.add(key)) throw new IllegalArgumentException("sample '" + key + "' was written before");
        if ((keys.size() - 1) % samplesPerShard == 0) nextShard();
        TarArchiveOutputStream out = shard;
        if (out == null) throw new IllegalStateException("expected an open writer, this one is closed");
        for (Map.Entry<String, byte[]> part : new TreeMap<>(parts).entrySet()) {
            TarArchiveEntry entry = new TarArchiveEntry(key + "." + part.getKey());
            entry.setSize(part.getValue().length);
            entry.setModTime(0L);
            entry.setMode(0644);
            entry.setIds(0, 0);
            entry.setNames("", "");
            out.putArchiveEntry(entry);
            out.write(part.getValue());
            out.closeArchiveEntry();
        }
    }

    /** Appends one sample with a single text part as UTF-8. */
    public void write(String key, String extension, String text) throws IOException {
        write(key, Map.of(extension, text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Puts the shards in place and removes older shards of the same prefix.
     *
     * @return the shards, in order; empty if no sample was written
     */
    public List<Path> finish() throws IOException {
        seal();
        finished = true;
        List<Path> shards = new ArrayList<>();
        for (int i = 0; i < written.size(); i++) {
            written.get(i).finish();
            shards.add(shardPath(i));
        }
        for (int i = written.size(); Files.deleteIfExists(shardPath(i)); i++) {}
        return shards;
    }

    @Override
    public void close() throws IOException {
        finished = true;
        shard = null;
        for (UnfinishedFile unfinished : written) unfinished.close();
    }

    private void nextShard() throws IOException {
        seal();
        UnfinishedFile unfinished = UnfinishedFile.begin(shardPath(written.size()));
        written.add(unfinished);
        buffer = new BufferedOutputStream(Channels.newOutputStream(unfinished), 1 << 16);
        TarArchiveOutputStream out = new TarArchiveOutputStream(buffer, "UTF-8");
        out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        out.setAddPaxHeadersForNonAsciiNames(true);
        shard = out;
    }

    /** No sample follows; all are on the disk, not yet under their names. */
    public void seal() throws IOException {
        TarArchiveOutputStream out = shard;
        shard = null;
        if (out == null) return;
        // closing it would throw the unfinished file away
        out.finish();
        if (buffer != null) buffer.flush();
        written.get(written.size() - 1).seal();
    }

    private Path shardPath(int index) {
        return folder.resolve(String.format(Locale.ROOT, "%s-%05d.tar", prefix, index));
    }
}

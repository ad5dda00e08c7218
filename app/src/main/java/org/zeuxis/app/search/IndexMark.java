package org.zeuxis.app.search;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What an index says of itself: it is kept with every commit.
 *
 * @param clip what opens the CLIP that made it
 * @param fingerprint of that CLIP
 * @param root the folder whose pictures it holds, absolute
 * @param finished whether it has all of them, as of when they were looked at
 */
public record IndexMark(String clip, String fingerprint, String root, boolean finished) {
    private static final String CLIP = "zeuxis.clip";
    private static final String FINGERPRINT = "zeuxis.fingerprint";
    private static final String ROOT = "zeuxis.root";
    private static final String FINISHED = "zeuxis.finished";

    Map<String, String> data() {
        return Map.of(CLIP, clip, FINGERPRINT, fingerprint, ROOT, root, FINISHED, Boolean.toString(finished));
    }

    static IndexMark of(Path index, Iterable<Map.Entry<String, String>> data) throws IOException {
        Map<String, String> all = new HashMap<>();
        for (Map.Entry<String, String> each : data) all.put(each.getKey(), each.getValue());
        String clip = all.get(CLIP);
        String fingerprint = all.get(FINGERPRINT);
        String root = all.get(ROOT);
        if (clip == null || fingerprint == null || root == null) {
            throw new IOException(
                    index + ": expected an index that 'zeuxis search index' made, got another of Lucene's;"
                            + " name another folder");
        }
        return new IndexMark(clip, fingerprint, root, Boolean.parseBoolean(all.getOrDefault(FINISHED, "true")));
    }

    /** @throws IOException if {@code clip} is not the one that made this index */
    public void expect(Path index, SearchClip other) throws IOException {
        if (fingerprint.equals(other.fingerprint())) return;
        throw new IOException(index + ": expected the CLIP that made it, " + clip + " (" + fingerprint.substring(0, 12)
                + "), got " + other.name() + " (" + other.fingerprint().substring(0, 12) + "); "
                + (clip.equals(other.name())
                        ? "its weights have changed since: index into another folder"
                        : "pass --clip " + clip + ", or index into another folder"));
    }
}

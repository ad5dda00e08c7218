package org.zeuxis.models;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.Digest;
import org.zeuxis.image.Image;

/**
 * What a picture was made of beside what its request says.
 *
 * @param by what was done, named as the command that does it
 * @param of by name: hashes of pictures, words, numbers
 */
public record Provenance(String by, Map<String, String> of) {
    public Provenance {
        of = Collections.unmodifiableMap(new TreeMap<>(of));
    }

    /**
     * Of several pictures in one file: values that differ are listed.
     *
     * @return null if there are none
     */
    public static @Nullable Provenance together(List<Provenance> all) {
        if (all.isEmpty()) return null;
        Map<String, String> of = new TreeMap<>();
        for (String key : all.get(0).of.keySet()) {
            of.put(
                    key,
                    all.stream()
                            .map(each -> each.of.getOrDefault(key, ""))
                            .distinct()
                            .collect(Collectors.joining(", ")));
        }
        return new Provenance(all.get(0).by, of);
    }

    /** What stands for a picture, as a picture carries no other. */
    public static String hash(Image image) {
        String shape = image.width() + "x" + image.height() + "x" + image.channels() + "\n";
        return Digest.sha256().with(shape).with(image.samples()).hex();
    }
}

package org.zeuxis.data.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Problem;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;

/**
 * Tar shards of the WebDataset layout, read in any order: entries {@code KEY.png} (or jpg, jpeg, webp) with
 * {@code KEY.txt} (or text, caption), one caption a line, and {@code KEY.json}. A key ends at the first dot of an entry's name, so
 * that {@code a.mask.png} is another part of {@code a} than {@code a.png}, and is not read.
 *
 * <p>Opening reads the headers only. A damaged or cut shard gives the samples before the damage.
 */
public final class WebDataset implements Dataset {
    static final Set<String> TEXT = Set.of("txt", "text", "caption");
    private static final String PICTURE = "png";
    private static final String TXT = "txt";
    private static final String JSON = "json";
    private static final long LARGEST_PART = 1 << 28;

    private record Part(long offset, int size) {}

    private record Sample(String key, TarIndex shard, Map<String, Part> parts) {}

    private final List<Sample> samples;
    private final List<Problem> problems;

    private WebDataset(List<Sample> samples, List<Problem> problems) {
        this.samples = List.copyOf(samples);
        this.problems = List.copyOf(problems);
    }

    /**
     * Opens a shard, a folder of shards, or a pattern of them: {@code a-*.tar}, {@code a-{00000..00009}.tar},
     * {@code {train,more}/a-*.tar}.
     *
     * @throws IOException if there is no shard, one is missing, or none has a picture
     */
    public static WebDataset open(String location) throws IOException {
        if (DatasetLocation.isPattern(location)) return open(DatasetLocation.expand(location));
        Path path = DatasetLocation.existing(location);
        if (!Files.isDirectory(path)) return open(List.of(path));
        List<Path> shards = DatasetLocation.files(path).stream()
                .filter(file -> DatasetLocation.extension(file).equals("tar"))
                .toList();
        if (shards.isEmpty()) {
            throw new IOException(
                    path + ": expected WebDataset shards (.tar), found none" + DatasetLocation.listing(path));
        }
        return open(shards);
    }

    /** Opens shards; their samples are numbered in the given order. */
    public static WebDataset open(List<Path> shards) throws IOException {
        List<Sample> samples = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        Map<String, Unread> unread = new LinkedHashMap<>();
        for (Path shard : shards) {
            try {
                index(TarIndex.read(shard, problems::add), samples, problems, unread);
            } catch (IOException e) {
                problems.add(new Problem(shard.toString(), reason(e, shard)));
            }
        }
        unread.forEach((extension, entries) -> problems.add(entries.problem(extension)));
        if (samples.isEmpty()) {
            String first = problems.isEmpty() ? "" : "; " + problems.get(0);
            throw new IOException("expected samples with a picture (KEY.png, .jpg, .jpeg or .webp) in " + shards.size()
                    + " shard(s) from " + (shards.isEmpty() ? "an empty list" : shards.get(0)) + ", found none"
                    + first);
        }
        return new WebDataset(samples, problems);
    }

    @Override
    public int size() {
        return samples.size();
    }

    @Override
    public String key(int index) {
        return samples.get(index).key();
    }

    @Override
    public List<Problem> problems() {
        return problems;
    }

    @Override
    public CaptionedImage get(int index) throws IOException {
        Sample sample = samples.get(index);
        try {
            Map<String, List<String>> attributes = attributes(sample);
            Image image = ImageFile.decode(bytes(sample, PICTURE));
            return new CaptionedImage(sample.key(), image, captions(sample, attributes), attributes);
        } catch (IOException e) {
            throw named(sample, e);
        }
    }

    @Override
    public List<String> captions(int index) throws IOException {
        Sample sample = samples.get(index);
        try {
            return captions(sample, attributes(sample));
        } catch (IOException e) {
            throw named(sample, e);
        }
    }

    private static IOException named(Sample sample, IOException e) {
        return new IOException(sample.key() + " in " + sample.shard().path() + ": " + e.getMessage(), e);
    }

    private static Map<String, List<String>> attributes(Sample sample) throws IOException {
        return sample.parts().containsKey(JSON) ? JsonAttributes.parse(bytes(sample, JSON)) : Map.of();
    }

    private static List<String> captions(Sample sample, Map<String, List<String>> attributes) throws IOException {
        Set<String> captions = new LinkedHashSet<>();
        if (sample.parts().containsKey(TXT)) captions.addAll(Utf8.lines(bytes(sample, TXT)));
        if (captions.isEmpty()) captions.addAll(JsonAttributes.captions(attributes));
        return List.copyOf(captions);
    }

    private static byte[] bytes(Sample sample, String kind) throws IOException {
        Part part = sample.parts().get(kind);
        if (part == null) throw new IllegalStateException("sample " + sample.key() + " was indexed without " + kind);
        return TarIndex.bytes(
                sample.shard().path(),
                part.offset(),
                part.size(),
                sample.shard().size());
    }

    /** Entries of an extension that says nothing here. */
    private record Unread(String first, int count) {
        Problem problem(String extension) {
            String all = count == 1 ? "is" : "and " + (count - 1) + " more entries of ." + extension + " are";
            return new Problem(
                    first,
                    all + " not read; pictures are .png, .jpg, .jpeg or .webp, captions .txt, .text,"
                            + " .caption or .json");
        }
    }

    private static void index(
            TarIndex shard, List<Sample> samples, List<Problem> problems, Map<String, Unread> unread) {
        Map<String, Map<String, Part>> byKey = new LinkedHashMap<>();
        for (TarIndex.Entry entry : shard.entries()) {
            String name = entry.name();
            int dot = name.indexOf('.', name.lastIndexOf('/') + 1);
            if (dot < 0 || dot == name.lastIndexOf('/') + 1) continue;
            String key = name.substring(0, dot);
            String extension = name.substring(dot + 1).toLowerCase(Locale.ROOT);
            String kind = kind(extension);
            if (kind != null && Problem.hasControl(key)) {
                problems.add(new Problem(name, "expected a name without control characters; rename it"));
                continue;
            }
            if (kind == null) {
                unread.merge(
                        extension, new Unread(name, 1), (known, more) -> new Unread(known.first(), known.count() + 1));
                continue;
            }
            if (entry.size() > LARGEST_PART) {
                problems.add(new Problem(name, "expected at most 256 MiB, got " + entry.size() + " bytes"));
                continue;
            }
            Part part = new Part(entry.offset(), (int) entry.size());
            Map<String, Part> parts = byKey.computeIfAbsent(key, k -> new LinkedHashMap<>());
            if (parts.putIfAbsent(kind, part) != null) {
                problems.add(new Problem(name, "is there twice in " + shard.path() + "; the first one counts"));
            }
        }
        byKey.forEach((key, parts) -> {
            if (parts.containsKey(PICTURE)) samples.add(new Sample(key, shard, Map.copyOf(parts)));
            else problems.add(new Problem(key, "has no picture in " + shard.path()));
        });
    }

    /** One name for all extensions of pictures, one for all of captions, one for JSON; null for all else. */
    private static @Nullable String kind(String extension) {
        if (DatasetLocation.isPictureExtension(extension)) return PICTURE;
        if (TEXT.contains(extension)) return TXT;
        return extension.equals(JSON) ? JSON : null;
    }

    private static String reason(IOException e, Path shard) {
        String message = String.valueOf(e.getMessage());
        return message.startsWith(shard + ": ")
                ? message.substring(shard.toString().length() + 2)
                : e.toString();
    }
}

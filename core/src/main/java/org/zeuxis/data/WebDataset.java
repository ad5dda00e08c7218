package org.zeuxis.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
import org.zeuxis.image.Image;
import org.zeuxis.image.ImageFile;

/**
 * Tar shards of the WebDataset layout, read in any order: entries {@code KEY.png} (or jpg, jpeg, webp) with
 * {@code KEY.txt} (or caption), one caption a line, and {@code KEY.json}.
 *
 * <p>Opening reads the headers only. A damaged or cut shard gives the samples before the damage.
 */
public final class WebDataset implements Dataset {
    private static final Set<String> TEXT = Set.of("txt", "text", "caption");
    private static final List<String> JSON_CAPTIONS = List.of("caption", "captions", "text");
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
        for (Path shard : shards) {
            try {
                index(TarIndex.read(shard, problems::add), samples, problems);
            } catch (IOException e) {
                problems.add(new Problem(shard.toString(), reason(e, shard)));
            }
        }
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
        Image image = null;
        Set<String> captions = new LinkedHashSet<>();
        Map<String, List<String>> attributes = Map.of();
        try {
            for (Map.Entry<String, Part> part : sample.parts().entrySet()) {
                byte[] bytes = TarIndex.bytes(
                        sample.shard().path(),
                        part.getValue().offset(),
                        part.getValue().size(),
                        sample.shard().size());
                String extension = part.getKey();
                if (DatasetLocation.isPictureExtension(extension)) image = ImageFile.decode(bytes);
                else if (TEXT.contains(extension)) captions.addAll(lines(bytes));
                else attributes = JsonAttributes.parse(bytes);
            }
        } catch (IOException e) {
            throw new IOException(sample.key() + " in " + sample.shard().path() + ": " + e.getMessage(), e);
        }
        for (String name : JSON_CAPTIONS) {
            if (captions.isEmpty()) captions.addAll(attributes.getOrDefault(name, List.of()));
        }
        if (image == null) throw new IllegalStateException("sample " + sample.key() + " was indexed without picture");
        return new CaptionedImage(sample.key(), image, List.copyOf(captions), attributes);
    }

    /** The captions of a text file: one a line. */
    static List<String> lines(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.replace("\uFEFF", "").strip())
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static void index(TarIndex shard, List<Sample> samples, List<Problem> problems) {
        Map<String, Map<String, Part>> byKey = new LinkedHashMap<>();
        for (TarIndex.Entry entry : shard.entries()) {
            String name = entry.name();
            int dot = name.indexOf('.', name.lastIndexOf('/') + 1);
            if (dot < 0 || dot == name.lastIndexOf('/') + 1) continue;
            String key = name.substring(0, dot);
            String kind = kind(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
            if (kind == null) continue;
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
            if (parts.containsKey("png")) samples.add(new Sample(key, shard, Map.copyOf(parts)));
            else problems.add(new Problem(key, "has no picture in " + shard.path()));
        });
    }

    /** One name for all extensions of pictures, one for all of captions, one for JSON; null for all else. */
    private static @Nullable String kind(String extension) {
        if (DatasetLocation.isPictureExtension(extension)) return "png";
        if (TEXT.contains(extension)) return "txt";
        return extension.equals("json") ? "json" : null;
    }

    private static String reason(IOException e, Path shard) {
        String message = String.valueOf(e.getMessage());
        return message.startsWith(shard + ": ")
                ? message.substring(shard.toString().length() + 2)
                : e.toString();
    }
}

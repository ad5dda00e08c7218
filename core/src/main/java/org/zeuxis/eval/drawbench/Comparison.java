package org.zeuxis.eval.drawbench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.zeuxis.config.Config;
import org.zeuxis.file.AtomicFile;

/**
 * What two models draw: a folder says it in {@code drawbench.json}, and holds nothing that was drawn otherwise.
 *
 * @param first the name of one model, and {@code second} that of the other
 * @param count how many pictures each draws of each prompt
 * @param settings how both sample, and from which seed, as one text
 */
public record Comparison(String first, String second, int count, String settings, List<Prompt> prompts) {
    private static final String NAME = "drawbench.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    public Comparison {
        prompts = List.copyOf(prompts);
    }

    /** Whether {@code folder} is one that pictures are drawn into. */
    public static boolean isIn(Path folder) {
        return Files.exists(folder.resolve(NAME));
    }

    /** @throws IOException if {@code folder} is not one that pictures were drawn into */
    public static Comparison read(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        if (!isIn(folder)) {
            throw new IOException(folder + ": expected a folder of 'zeuxis drawbench run' with a " + NAME + ", got "
                    + (Files.isDirectory(folder) ? "one without" : Files.exists(folder) ? "a file" : "nothing there")
                    + "; draw the pictures first");
        }
        Config c = Config.read(file);
        List<Prompt> prompts = new ArrayList<>();
        try {
            for (Config each : c.children("prompts")) {
                prompts.add(new Prompt(
                        each.text("prompt"),
                        Category.named(each.text("category")),
                        Truth.parse(each.text("truth", ""))));
                each.refuseUnread();
            }
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
        Comparison read =
                new Comparison(c.text("first"), c.text("second"), c.integer("count"), c.text("settings"), prompts);
        c.refuseUnread();
        return read;
    }

    /**
     * Makes {@code folder} one of this comparison.
     *
     * @throws IOException if it is one of another, which says what differs
     */
    public void writeInto(Path folder) throws IOException {
        if (isIn(folder)) {
            expectSame(folder, read(folder));
            return;
        }
        if (Files.isDirectory(folder)) {
            try (var inside = Files.list(folder)) {
                if (inside.findAny().isPresent()) {
                    throw new IOException(folder + ": expected a new or empty folder, or one of 'zeuxis drawbench run',"
                            + " got one with other files; name another with --out");
                }
            }
        }
        AtomicFile.write(folder.resolve(NAME), json());
    }

    private void expectSame(Path folder, Comparison there) throws IOException {
        String others = folder + ": expected its own ";
        String way = "; name another folder with --out";
        if (!there.first.equals(first) || !there.second.equals(second)) {
            throw new IOException(others + "models " + there.first + " and " + there.second + ", got " + first + " and "
                    + second + way);
        }
        if (there.prompts.size() != prompts.size()) {
            throw new IOException(others + there.prompts.size() + " prompts, got " + prompts.size() + way);
        }
        for (int i = 0; i < prompts.size(); i++) {
            if (there.prompts.get(i).equals(prompts.get(i))) continue;
            throw new IOException(others + "prompts, of which number " + (i + 1) + " is " + words(there.prompts.get(i))
                    + ", got " + words(prompts.get(i)) + way);
        }
        if (there.count != count) {
            throw new IOException(others + "--count " + there.count + ", got " + count + way);
        }
        if (!there.settings.equals(settings)) {
            throw new IOException(others + "seed and settings " + there.settings + ", got " + settings + way);
        }
    }

    private static String words(Prompt prompt) {
        String truth = Truth.words(prompt.truths());
        return "'" + prompt.text() + "' (" + prompt.category().label() + (truth.isEmpty() ? "" : "; " + truth) + ")";
    }

    /** What tables call a model: the end of its name, where that tells it from the other. */
    public String label(Preference model) {
        String one = end(first);
        String other = end(second);
        if (one.equals(other)) return model == Preference.FIRST ? first : second;
        return model == Preference.FIRST ? one : other;
    }

    private static String end(String name) {
        // a training leaves its model in a folder of that name
        String path = name.replace('\\', '/').replaceAll("/+(model/*)?$", "");
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Where a picture lies in {@code folder}; prompts and pictures count from 0. */
    public Path picture(Path folder, Preference model, int prompt, int i) {
        return folder.resolve(model.word())
                .resolve(String.format(Locale.ROOT, "%04d", prompt + 1))
                .resolve((i + 1) + ".png");
    }

    /** @throws IOException if not all pictures are drawn yet */
    public void expectWhole(Path folder) throws IOException {
        int there = 0;
        int all = 2 * prompts.size() * count;
        for (Preference model : List.of(Preference.FIRST, Preference.SECOND)) {
            for (int p = 0; p < prompts.size(); p++) {
                for (int i = 0; i < count; i++) if (Files.exists(picture(folder, model, p, i))) there++;
            }
        }
        if (there == all) return;
        throw new IOException(folder + ": expected all " + all + " pictures, got " + there
                + "; 'zeuxis drawbench run' with the same options draws the rest");
    }

    /** Tells this comparison from all others. */
    public String fingerprint() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(json().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private String json() {
        List<Map<String, String>> all = new ArrayList<>();
        for (Prompt prompt : prompts) {
            Map<String, String> one = new LinkedHashMap<>();
            one.put("prompt", prompt.text());
            one.put("category", prompt.category().label());
            if (!prompt.truths().isEmpty()) one.put("truth", Truth.words(prompt.truths()));
            all.add(one);
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("first", first);
        fields.put("second", second);
        fields.put("count", count);
        fields.put("settings", settings);
        fields.put("prompts", all);
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(fields) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a comparison could not be written as JSON", e);
        }
    }
}

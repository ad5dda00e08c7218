package org.zeuxis.app.dataset.pictogram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.app.ShellRun;
import org.zeuxis.app.dataset.DatasetCommand;
import org.zeuxis.app.dataset.concept.Concept;
import org.zeuxis.app.dataset.concept.NodeModules;
import org.zeuxis.app.dataset.concept.Split;
import org.zeuxis.app.dataset.concept.Tags;
import org.zeuxis.checkpoint.Digest;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.format.DatasetLocation;
import org.zeuxis.image.Image;
import picocli.CommandLine;

class PictogramDatasetTest {
    private static final String EMOJI = """
            [{"label": "red apple", "hexcode": "1F34E", "emoji": "🍎", "tags": ["fruit", "7up", "it"], "group": 4, "subgroup": 42},
             {"label": "waving hand", "hexcode": "1F44B", "emoji": "👋", "group": 1, "subgroup": 16,
              "skins": [{"label": "waving hand: dark skin tone", "hexcode": "1F44B-1F3FF"}]},
             {"label": "keycap: 1", "hexcode": "0031-FE0F-20E3", "emoji": "1", "group": 8, "subgroup": 94},
             {"label": "flag: Iceland", "hexcode": "1F1EE-1F1F8", "emoji": "🇮🇸", "group": 9, "subgroup": 98},
             {"label": "regional indicator A", "hexcode": "1F1E6", "emoji": "🇦"}]""";
    private static final String GROUPS = """
            {"groups": {"1": "people-body", "4": "food-drink", "8": "symbols", "9": "flags"},
             "subgroups": {"16": "hand-fingers-open", "42": "food-fruit", "94": "keycap", "98": "country-flag"}}""";

    private static final byte[] NO_UTF_32 = {0, 0, 0, '{', 0x22, 0x39, 0x22, 0x6d};

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "1F3C3-1F3FD-200D-2640-FE0F, 1F3C3", // woman running, medium skin tone: person running
        "1F468-200D-2695-FE0F, 1F9D1-2695", // man health worker
        "1F9D1-200D-2695-FE0F, 1F9D1-2695", // health worker
        "1F469-200D-2764-FE0F-200D-1F48B-200D-1F468, 1F48F", // kiss: woman, man
        "1F468-200D-1F469-200D-1F466, 1F46A", // family: man, woman, boy
        "1F385, 1F9D1-1F384", // Santa Claus
        "2640-FE0F, 2640-FE0F", // female sign
        "1F34E, 1F34E"
    })
    void genders_and_skin_tones_share_the_split_of_their_base(String hexcode, String base) {
        assertThat(Split.base(hexcode)).isEqualTo(base);
        if (!base.equals(hexcode)) assertThat(Split.of(hexcode)).isEqualTo(Split.of(Split.base(base)));
    }

    @Test
    void four_fifths_of_all_codes_are_for_training() {
        int[] counts = new int[3];
        for (int code = 0x1F300; code < 0x1F300 + 5000; code++) {
            counts[
                    Split.of(Integer.toHexString(code).toUpperCase(java.util.Locale.ROOT))
                            .ordinal()]++;
        }
        assertThat(counts[0]).isBetween(3880, 4120);
        assertThat(counts[1]).isBetween(420, 580);
        assertThat(counts[2]).isBetween(420, 580);
    }

    @Test
    void the_split_of_a_concept_never_changes() {
        assertThat(Split.of("1F947")).isEqualTo(Split.TRAIN);
        assertThat(Split.of("1F948")).isEqualTo(Split.VALIDATION);
    }

    @Test
    void tags_are_words() {
        assertThat(Tags.filter(
                        "apple", List.of("fruit", "Apple", "it", ":D", "4th", "red_fruit", "Google Maps", "fruit")))
                .containsExactly("fruit", "red fruit");
    }

    @Test
    void what_has_a_left_and_a_right_is_not_to_be_mirrored() {
        assertThat(concept("right arrow", "symbols", "arrow").handed()).isTrue();
        assertThat(concept("waving hand", "people-body", "hand-fingers-open").handed())
                .isTrue();
        assertThat(concept("person walking: facing right", "people-body", "person-activity")
                        .handed())
                .isTrue();
        assertThat(concept("nine o’clock", "travel-places", "time").handed()).isTrue();
        assertThat(concept("cat", "animals-nature", "animal-mammal").handed()).isFalse();
        assertThat(concept("copyright", "symbols", "other-symbol").handed()).isTrue();
    }

    @Test
    void edges_of_clips_are_smooth_and_colours_exact() throws IOException {
        Image image = new Rasterizer(16)
                .draw("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><clipPath id=\"c\">"
                        + "<path d=\"M0 0H16L0 16z\"/></clipPath><path clip-path=\"url(#c)\" fill=\"#f08040\""
                        + " d=\"M0 0H16V16H0z\"/></svg>");
        assertThat(image.sample(1, 1, 0)).isEqualTo(0xf0);
        assertThat(image.sample(1, 1, 3)).isEqualTo(255);
        assertThat(image.sample(14, 14, 3)).isZero();
        assertThat(image.sample(8, 7, 3)).isBetween(64, 192);
        assertThat(image.sample(8, 7, 1)).isEqualTo(0x80);
    }

    @Test
    void drawings_that_cannot_be_drawn_say_so() {
        assertThatThrownBy(() -> new Rasterizer(16).draw("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("every pixel transparent");
        assertThatThrownBy(() -> new Rasterizer(4)).hasMessageContaining("8 to 4096, got 4");
    }

    /** In one line; what its parser would log of it has many. */
    @Test
    void a_drawing_that_is_no_svg_is_told_by_an_exception_alone() {
        assertThatThrownBy(() -> new Rasterizer(16).draw("<svg"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected an SVG drawing");
        assertThat(Logger.getLogger("com.github.weisj.jsvg.parser.impl.StaxSVGLoader")
                        .isLoggable(Level.SEVERE))
                .isFalse();
    }

    /** Such a path would be closed again and again, until the memory is full, however it is told. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<path d='M0 0z1v1z'/>",
                "<path d='M0 0h9v9z , |'/>",
                "<path style='d:M0 0z1'/>",
                "<style>.x{d:M0 0z1}</style><path class='x'/>",
                "<style>.x{fill:red;d/**/ : M0 0z1}</style><path class='x'/>",
                "<defs><g><path id='p' d='M0 0ze'/></g></defs>",
                "<text><textPath path='M0 0z1'>a</textPath></text>"
            })
    void a_path_that_goes_on_without_a_command_is_refused(String body) {
        String svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>" + body + "</svg>";
        assertThatThrownBy(() -> new Rasterizer(16).draw(svg))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("SVG");
    }

    @Test
    void a_path_may_be_closed_and_go_on() throws IOException {
        String svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>"
                + "<style>.d{clip-path:none}</style><path class='d' d='M0 0h9v9z m1 1h3v3Z,L3 3zz '/></svg>";
        assertThat(new Rasterizer(16).draw(svg).sample(1, 1, 3)).isPositive();
    }

    @Test
    void a_package_that_is_no_json_is_named_in_one_line() throws IOException {
        Path icons = folder.resolve("@iconify-json/mdi/icons.json");
        Files.createDirectories(icons.getParent());
        Files.writeString(icons.resolveSibling("package.json"), "{}");
        for (byte[] bytes : List.of("{\n\"icons\": no".getBytes(StandardCharsets.UTF_8), NO_UTF_32)) {
            Files.write(icons, bytes);
            assertThatThrownBy(() -> IconSet.read(new NodeModules(folder, List.of("@iconify-json/mdi")), "mdi"))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(icons + ": expected JSON, got ")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void builds_every_cell_and_leaves_out_what_is_no_base_concept() throws IOException {
        Path modules = modules(folder.resolve("node_modules"));
        PictogramDataset.Summary summary = new PictogramDataset(modules, 16).write(folder.resolve("a"), (d, t) -> {});
        // apples of ten vendors; the waving hands of all are the same picture
        assertThat(summary.drawings()).isEqualTo(11);
        assertThat(summary.duplicates()).isEqualTo(9);
        assertThat(summary.counts().get("noto"))
                .containsAllEntriesOf(Map.of(
                        "left out: flag",
                        1,
                        "left out: keycap",
                        1,
                        "left out: skin tone",
                        1,
                        "left out: no CLDR name",
                        1));
        Split apples = Split.of("1F34E");
        Dataset seen = DatasetLocation.open(
                folder.resolve("a").resolve(apples.folder(false)).toString());
        Dataset heldOut = DatasetLocation.open(
                folder.resolve("a").resolve(apples.folder(true)).toString());
        assertThat(heldOut.size()).isEqualTo(2);
        CaptionedImage apple = seen.get(0);
        for (int i = 0; !apple.value("hexcode", "").equals("1F34E"); i++) apple = seen.get(i);
        assertThat(apple.captions()).containsExactly("red apple");
        assertThat(apple.values("tags")).containsExactly("fruit", "healthy food");
        assertThat(apple.value("mirror", "")).isEqualTo("true");
        assertThat(apple.image().channels()).isEqualTo(4);
        assertThat(Files.readAllLines(folder.resolve("a/manifest.jsonl"))).hasSize(11);
        assertThat(Files.readString(folder.resolve("a/ATTRIBUTION.md")))
                .contains("[An artist](https://example.org/art)")
                .contains("@iconify-json/noto 1.0.0");
    }

    /** Of large drawings, which are for upsamplers, a share is enough. */
    @Test
    void each_third_icon_alone_and_the_rest_counted() throws IOException {
        Path modules = modules(folder.resolve("node_modules"));
        PictogramDataset.Summary all = new PictogramDataset(modules, 16).write(folder.resolve("a"), (d, t) -> {});
        PictogramDataset.Summary some = new PictogramDataset(modules, 16, 3).write(folder.resolve("b"), (d, t) -> {});
        assertThat(some.drawings()).isBetween(1, all.drawings() - 1);
        int left = some.counts().values().stream()
                .mapToInt(of -> of.getOrDefault("left out: not asked for", 0))
                .sum();
        int icons = all.counts().values().stream()
                .mapToInt(of -> of.values().stream().mapToInt(Integer::intValue).sum()
                        - of.getOrDefault("left out: withdrawn by the vendor", 0))
                .sum();
        assertThat(left).isEqualTo(icons - (icons + 2) / 3);
    }

    @Test
    void two_builds_have_the_same_bytes() throws IOException {
        Path modules = modules(folder.resolve("node_modules"));
        new PictogramDataset(modules, 16).write(folder.resolve("a"), (d, t) -> {});
        new PictogramDataset(modules, 16).write(folder.resolve("b"), (d, t) -> {});
        try (var files = Files.walk(folder.resolve("a"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path twin = folder.resolve("b").resolve(folder.resolve("a").relativize(file));
                assertThat(Files.mismatch(file, twin)).as(file.toString()).isEqualTo(-1);
            }
        }
    }

    /** Splits of two builds would have pictures in common. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void a_full_disk_leaves_the_older_build_as_it_was() throws IOException {
        new PictogramDataset(modules(folder.resolve("node_modules")), 16).write(folder.resolve("out"), (d, t) -> {});
        Map<String, String> before = contents(folder.resolve("out"));
        String command = "zeuxis dataset pictograms out --from node_modules --size 32";
        ShellRun full = ShellRun.of(folder, "(ulimit -f 1; " + command + ")\n");
        assertThat(full.err())
                .hasLineCount(1)
                .startsWith("zeuxis dataset pictograms: out/")
                .contains("pictograms-00000.tar: expected a disk that takes all of it, got 'File too large'");
        assertThat(full.code()).isEqualTo(1);
        assertThat(contents(folder.resolve("out"))).isEqualTo(before);
        assertThat(ShellRun.of(folder, command + "\n").code()).isZero();
        assertThat(contents(folder.resolve("out"))).hasSameSizeAs(before).isNotEqualTo(before);
    }

    private static Map<String, String> contents(Path folder) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.put(
                        folder.relativize(file).toString(),
                        Digest.sha256().with(file).hex());
            }
        }
        return all;
    }

    @Test
    void the_command_says_what_is_missing_in_one_line() {
        StringWriter errors = new StringWriter();
        CommandLine line = new CommandLine(new DatasetCommand()).setErr(new PrintWriter(errors, true));
        assertThat(line.execute("pictograms", folder.resolve("out").toString(), "--from", folder.toString()))
                .isEqualTo(1);
        assertThat(errors.toString().lines())
                .singleElement()
                .satisfies(message -> assertThat(message)
                        .startsWith("zeuxis dataset pictograms: expected npm packages in ")
                        .contains("@iconify-json/noto")
                        .contains("npm install --prefix " + folder + " --no-save @iconify-json/noto "));
        String inside = folder.resolve("node_modules").toString();
        assertThat(line.execute("pictograms", folder.resolve("out").toString(), "--from", inside))
                .isEqualTo(1);
        assertThat(errors.toString().lines().toList().get(1))
                .as("npm makes node_modules itself")
                .contains("npm install --prefix " + folder + " --no-save ");
        assertThat(line.execute("pictograms", folder.toString(), "--size", "3")).isEqualTo(2);
        assertThat(errors.toString()).contains("--size: expected 8 to 4096 pixels, got 3");
        assertThat(line.execute("pictograms", "out", "--every", "0")).isEqualTo(2);
        assertThat(errors.toString()).contains("--every: expected at least 1, got 0");
        assertThat(line.execute()).isEqualTo(2);
        assertThat(line.execute("pictograms")).isEqualTo(2);
    }

    private static Concept concept(String label, String group, String subgroup) {
        return new Concept("1F34E", label, List.of(), group, subgroup);
    }

    /** All packages, each vendor with an apple of its own, a hand, and icons to be left out. */
    static Path modules(Path modules) throws IOException {
        for (Vendor vendor : Vendor.values()) {
            Path set = modules.resolve(vendor.packageName());
            int red = 100 + vendor.ordinal();
            String apple = "<path fill='rgb(" + red + ",0,0)' d='M2 2h9v9H2z'/>";
            String hand = "<path fill='#ff0' d='M0 0h8v16H0z'/>";
            write(set, "package.json", "{\"version\": \"1.0.0\"}");
            write(
                    set,
                    "icons.json",
                    "{\"width\": 16, \"height\": 16, \"icons\": {\"red-apple\": {\"body\": \"" + apple
                            + "\"}, \"hand\": {\"body\": \"" + hand + "\"}, \"flag-iceland\": {\"body\": \"" + hand
                            + "\"}, \"one\": {\"body\": \"" + hand
                            + "\"}, \"waving-hand-dark-skin-tone\": {\"body\": \"" + hand
                            + "\"}, \"mystery\": {\"body\": \"" + hand
                            + "\"}, \"old\": {\"hidden\": true, \"body\": \"\"}}}");
            write(set, "chars.json", "{\"1f44b\": \"hand\", \"31-20e3\": \"one\"}");
            write(
                    set,
                    "info.json",
                    "{\"name\": \"" + vendor + "\", \"author\": {\"name\": \"An artist\", \"url\":"
                            + " \"https://example.org/art\"}, \"license\": {\"spdx\": \"MIT\"}}");
        }
        Path base = modules.resolve("emojibase-data");
        write(base, "package.json", "{\"version\": \"2.0.0\"}");
        write(base, "en/data.json", EMOJI);
        write(base, "meta/groups.json", GROUPS);
        write(base, "meta/unicode-names.json", "{\"1F34E\": \"RED APPLE\"}");
        for (String name : List.of("cldr", "emojibase", "github", "iamcal", "joypixels", "emojibase-legacy")) {
            write(base, "en/shortcodes/" + name + ".json", "{\"1F34E\": [\"apple\"]}");
        }
        write(modules.resolve("emojilib"), "package.json", "{\"version\": \"3.0.0\"}");
        write(modules.resolve("emojilib"), "dist/emoji-en-US.json", "{\"🍎\": [\"red_apple\", \"healthy_food\"]}");
        return modules;
    }

    static void write(Path folder, String name, String text) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}

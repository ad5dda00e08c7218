package org.zeuxis.app.dataset.pictogram;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.app.dataset.concept.Split;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.format.DatasetLocation;

class IconDatasetTest {
    private static final Set<String> NAMES = Set.of(
            "shopping-cart",
            "shopping-cart-outline",
            "traffic-light",
            "traffic-light-bold",
            "heart",
            "heart-light",
            "baseline-home",
            "outline-home",
            "apps-16-filled",
            "apps-16-regular",
            "apps-20-regular",
            "apps-20-filled",
            "cat-2",
            "align-left",
            "logo-github",
            "table-lamp");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "shopping-cart-outline, shopping cart, outlined, 0",
        "traffic-light, traffic light, '', 0",
        "traffic-light-bold, traffic light, bold, 0",
        "heart-light, heart, light, 0",
        "baseline-home, home, filled, 0",
        "apps-16-filled, apps, filled, 16",
        "cat-2, cat, '', 0",
        "table-lamp, table lamp, '', 0"
    })
    void a_name_is_taken_apart(String icon, String noun, String style, int size) {
        IconName name = IconName.of(icon, NAMES);
        assertThat(name.noun()).isEqualTo(noun);
        assertThat(String.join(" ", name.styles())).isEqualTo(style);
        assertThat(name.size()).isEqualTo(size);
        assertThat(name.isAbstract() || name.isBrand()).isFalse();
    }

    @Test
    void signs_and_trade_marks_are_known_by_their_words() {
        assertThat(IconName.of("align-left", NAMES).isAbstract()).isTrue();
        assertThat(IconName.of("logo-github", NAMES).isBrand()).isTrue();
        assertThat(IconName.of("table-lamp", NAMES).isAbstract()).isFalse();
    }

    @Test
    void sizes_and_corners_are_near_duplicates_and_numbers_are_not() {
        assertThat(IconName.of("apps-16-regular", NAMES).drawing())
                .isEqualTo(IconName.of("apps-20-regular", NAMES).drawing());
        assertThat(IconName.of("cat-2", NAMES).drawing())
                .isNotEqualTo(IconName.of("cat", NAMES).drawing());
    }

    @Test
    void every_set_has_a_use_and_no_shared_alike_or_commercial_licence_trains() {
        assertThat(IconSource.ALL).hasSizeGreaterThan(200).doesNotHaveDuplicates();
        assertThat(IconSource.ALL.stream().filter(IconSource::train).count()).isGreaterThanOrEqualTo(100);
        assertThat(IconSource.ALL.stream().filter(IconSource::heldOut).map(IconSource::use))
                .containsExactlyInAnyOrder("heldout-line", "heldout-freehand", "heldout-pixel");
        for (Vendor vendor : Vendor.values()) {
            assertThat(IconSource.used().stream().map(IconSource::prefix)).doesNotContain(vendor.prefix());
        }
    }

    @Test
    void builds_its_splits_by_palette_name_and_set() throws IOException {
        Path modules = modules();
        IconDataset.Summary summary = new IconDataset(modules, 16).write(folder.resolve("a"), (done, total) -> {});
        assertThat(summary.counts().get("mdi"))
                .containsEntry("left out: a sign of interfaces that depicts nothing", 1)
                .containsEntry("left out: a trade mark or file type", 1)
                .containsEntry("left out: another size or other corners", 1)
                .containsEntry("left out: nearly the same as another of its set", 1)
                .containsEntry("left out: cannot be drawn", 1);
        List<CaptionedImage> all = new ArrayList<>();
        Set<String> splits = new HashSet<>();
        for (Path split :
                Files.list(folder.resolve("a")).filter(Files::isDirectory).toList()) {
            Dataset dataset = DatasetLocation.open(split.toString());
            for (int i = 0; i < dataset.size(); i++) {
                all.add(dataset.get(i));
                splits.add(dataset.get(i).value("vendor", "") + " " + split.getFileName());
            }
        }
        assertThat(all).hasSize(summary.drawings());
        // a carriage is trained on, whatever set draws it; a held-out set never is
        assertThat(splits).contains("mdi train-monochrome", "icon-park train-colored", "iconoir heldout-line");
        CaptionedImage carriage = all.stream()
                .filter(i -> i.key().equals("mdi_carriage-outline"))
                .findFirst()
                .orElseThrow();
        assertThat(carriage.label()).isEqualTo("carriage");
        assertThat(carriage.value("style", "")).isEqualTo("outlined");
        assertThat(carriage.value("palette", "")).isEqualTo("monochrome");
        assertThat(carriage.values("tags")).contains("vehicles");
        assertThat(Files.readString(folder.resolve("a/manifest.jsonl")))
                .contains("\"license\":\"MIT\",\"package\":\"@iconify-json/mdi@")
                .contains("source_sha256");
        assertThat(Files.readString(folder.resolve("a/SETS.md")))
                .contains("| iconoir | line | MIT | 1 | heldout-line |");
    }

    @Test
    void a_held_out_emoji_is_held_out_in_every_set() throws IOException {
        new IconDataset(modules(), 16).write(folder.resolve("a"), (done, total) -> {});
        String manifest = Files.readString(folder.resolve("a/manifest.jsonl"));
        List<String> apples = manifest.lines()
                .filter(line -> line.contains("\"hexcode\":\"1F34E\""))
                .toList();
        assertThat(apples).isNotEmpty();
        String expected = "\"concept_split\":\"" + Split.of("1F34E").name().toLowerCase(java.util.Locale.ROOT) + "\"";
        assertThat(apples).allMatch(line -> line.contains(expected));
    }

    private static String icon(String name, String path) {
        return "\"" + name + "\": {\"body\": \"<path d='" + path + "'/>\"}";
    }

    private Path modules() throws IOException {
        Path modules = PictogramDatasetTest.modules(folder.resolve("node_modules"));
        for (IconSource source : IconSource.used()) {
            Path set = modules.resolve(IconSet.SCOPE + source.prefix());
            String icons = "\"" + source.prefix() + "-thing\": {\"hidden\": true, \"body\": \"\"}";
            if (source.prefix().equals("mdi")) {
                icons = String.join(
                        ",",
                        icon("carriage", "M0 0h8v8H0z"),
                        icon("carriage-outline", "M0 0h2v9H0z"),
                        icon("carriage-rounded", "M0 0h8v8H0zM9 9h1v1z"),
                        icon("carriage-variant", "M0 0h8v8.1H0z"),
                        icon("apple", "M3 3h9v9H3z"),
                        icon("align-left", "M1 1h3v3H1z"),
                        icon("logo-github", "M1 1h4v4H1z"),
                        icon("ghost-house", ""));
            }
            if (source.prefix().equals("icon-park")) {
                icons = "\"carriage\": {\"body\": \"<path fill='red' d='M0 0h5v12H0z'/>\"}";
            }
            if (source.prefix().equals("iconoir")) icons = icon("carriage", "M0 0h12v3H0z");
            PictogramDatasetTest.write(set, "package.json", "{\"version\": \"" + source.version() + "\"}");
            PictogramDatasetTest.write(
                    set, "icons.json", "{\"width\": 16, \"height\": 16, \"icons\": {" + icons + "}}");
            PictogramDatasetTest.write(set, "chars.json", "{}");
            PictogramDatasetTest.write(
                    set, "metadata.json", "{\"categories\": {\"Vehicles\": [\"carriage\", \"carriage-outline\"]}}");
            PictogramDatasetTest.write(
                    set,
                    "info.json",
                    "{\"name\": \"" + source.prefix() + "\", \"author\": {\"name\": \"An artist\"}, \"license\":"
                            + " {\"spdx\": \"MIT\"}}");
        }
        return modules;
    }
}

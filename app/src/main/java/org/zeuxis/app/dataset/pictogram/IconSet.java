package org.zeuxis.app.dataset.pictogram;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.zeuxis.app.dataset.concept.NodeModules;

/**
 * The drawings of one vendor, as an Iconify package holds them.
 *
 * @param prefix the package's name without its scope, such as {@code noto-v1}
 * @param author whom to name
 * @param license SPDX name
 * @param icons in the package's order
 */
record IconSet(
        String prefix,
        String title,
        String author,
        String authorUrl,
        String license,
        String licenseUrl,
        List<Icon> icons,
        int hidden) {
    /** Where npm has the packages of Iconify. */
    static final String SCOPE = "@iconify-json/";

    /**
     * One drawing.
     *
     * @param names its name, then its aliases
     * @param hexcodes the codes its vendor gives it; many vendors give none
     * @param body the inside of the SVG element
     * @param svg the whole document
     */
    record Icon(List<String> names, List<String> hexcodes, String body, String svg) {
        String name() {
            return names.get(0);
        }
    }

    static IconSet read(NodeModules modules, String prefix) throws IOException {
        String packageName = SCOPE + prefix;
        JsonNode set = modules.read(packageName, "icons.json");
        JsonNode info = modules.read(packageName, "info.json");
        Map<String, List<String>> codes = new LinkedHashMap<>();
        modules.read(packageName, "chars.json")
                .properties()
                .forEach(code -> codes.computeIfAbsent(code.getValue().asText(), name -> new ArrayList<>())
                        .add(code.getKey()));
        Map<String, List<String>> aliases = new LinkedHashMap<>();
        List<Map.Entry<String, JsonNode>> mirrored = new ArrayList<>();
        set.path("aliases").properties().forEach(alias -> {
            String parent = alias.getValue().path("parent").asText();
            if (alias.getValue().size() > 1) mirrored.add(alias);
            else aliases.computeIfAbsent(parent, p -> new ArrayList<>()).add(alias.getKey());
        });
        List<Icon> icons = new ArrayList<>();
        int[] hidden = {0};
        set.path("icons").properties().forEach(icon -> {
            if (icon.getValue().path("hidden").asBoolean()) hidden[0]++;
            else icons.add(icon(set, icon.getKey(), icon.getValue(), aliases, codes, ""));
        });
        for (Map.Entry<String, JsonNode> alias : mirrored) {
            JsonNode parent =
                    set.path("icons").path(alias.getValue().path("parent").asText());
            if (parent.isMissingNode() || parent.path("hidden").asBoolean()) continue;
            double width = parent.path("width").asDouble(set.path("width").asDouble(16));
            if (!alias.getValue().path("hFlip").asBoolean() || alias.getValue().size() > 2)
                continue; // turned: an arrow
            String flip = String.format(Locale.ROOT, "translate(%s 0) scale(-1 1)", number(width));
            icons.add(icon(set, alias.getKey(), parent, aliases, codes, flip));
        }
        JsonNode license = info.path("license");
        return new IconSet(
                prefix,
                info.path("name").asText(),
                info.path("author").path("name").asText(),
                info.path("author").path("url").asText(),
                license.path("spdx").asText(license.path("title").asText()),
                license.path("url").asText(),
                List.copyOf(icons),
                hidden[0]);
    }

    /** The names of every icon whose code is known. */
    Map<String, List<String>> namesByHexcode() {
        Map<String, List<String>> names = new LinkedHashMap<>();
        for (Icon icon : icons) {
            for (String code : icon.hexcodes()) {
                names.computeIfAbsent(code, c -> new ArrayList<>()).addAll(icon.names());
            }
        }
        return names;
    }

    private static Icon icon(
            JsonNode set,
            String name,
            JsonNode icon,
            Map<String, List<String>> aliases,
            Map<String, List<String>> codes,
            String transform) {
        List<String> names = new ArrayList<>(List.of(name));
        names.addAll(aliases.getOrDefault(name, List.of()));
        List<String> hexcodes = new ArrayList<>();
        for (String each : names) hexcodes.addAll(codes.getOrDefault(each, List.of()));
        String body = icon.path("body").asText();
        String drawn = transform.isEmpty() ? body : "<g transform=\"" + transform + "\">" + body + "</g>";
        String viewBox = String.join(
                " ",
                number(side(set, icon, "left", 0)),
                number(side(set, icon, "top", 0)),
                number(side(set, icon, "width", 16)),
                number(side(set, icon, "height", 16)));
        String svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\""
                + viewBox + "\">" + drawn.replace("currentColor", "#000") + "</svg>";
        return new Icon(List.copyOf(names), List.copyOf(hexcodes), drawn, svg);
    }

    private static double side(JsonNode set, JsonNode icon, String side, double otherwise) {
        return icon.path(side).asDouble(set.path(side).asDouble(otherwise));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}

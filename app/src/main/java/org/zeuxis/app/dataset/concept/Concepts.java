package org.zeuxis.app.dataset.concept;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Every emoji of Unicode with its CLDR name and tags, and the ways vendors call it. */
public final class Concepts {
    /** What an icon name was found to be; {@code concept} is null for all that is no base, non-flag concept. */
    public record Match(Kind kind, @Nullable Concept concept) {}

    /** What an icon can be. */
    public enum Kind {
        CONCEPT,
        SKIN_TONE,
        FLAG,
        KEYCAP,
        COMPONENT,
        UNKNOWN
    }

    /** The npm packages that name the emoji. */
    public static final List<String> PACKAGES = List.of("emojibase-data", "emojilib");

    private static final Match UNKNOWN = new Match(Kind.UNKNOWN, null);
    private static final Match FLAG = new Match(Kind.FLAG, null);
    private static final Match SKIN_TONE = new Match(Kind.SKIN_TONE, null);
    private static final List<String> SHORTCODES =
            List.of("cldr", "emojibase", "github", "iamcal", "joypixels", "emojibase-legacy");
    private static final Pattern TONE = Pattern.compile(".*(light|medium|dark)-skin-tone.*|.*-tone-?[1-5]$");
    private static final Pattern NUMBERED = Pattern.compile("(.*[a-z])-?[1-9]");

    private final Map<String, Match> byHexcode = new LinkedHashMap<>();
    private final Map<String, Match> byLabel = new HashMap<>();
    private final Map<String, Match> byShortcode = new HashMap<>();
    private final Map<String, Match> byLetters = new HashMap<>();
    private final Map<String, Match> byVendorName = new HashMap<>();

    public Concepts(NodeModules modules) throws IOException {
        JsonNode groups = modules.read("emojibase-data", "meta/groups.json");
        JsonNode keywords = modules.read("emojilib", "dist/emoji-en-US.json");
        for (JsonNode emoji : modules.read("emojibase-data", "en/data.json")) {
            Match match =
                    classify(emoji, groups, keywords.path(emoji.path("emoji").asText()));
            enter(emoji, match);
            for (JsonNode skin : emoji.path("skins")) enter(skin, SKIN_TONE);
        }
        if (byHexcode.isEmpty()) throw new IOException("expected emoji in emojibase-data/en/data.json, found none");
        for (String source : SHORTCODES) {
            JsonNode codes = modules.read("emojibase-data", "en/shortcodes/" + source + ".json");
            codes.properties().forEach(code -> {
                Match match = byHexcode.get(plain(code.getKey()));
                if (match == null) return;
                if (code.getValue().isTextual())
                    byShortcode.putIfAbsent(slug(code.getValue().asText()), match);
                for (JsonNode name : code.getValue()) byShortcode.putIfAbsent(slug(name.asText()), match);
            });
        }
        byLabel.forEach((name, match) -> byLetters.putIfAbsent(letters(name), match));
        modules.read("emojibase-data", "meta/unicode-names.json").properties().forEach(name -> {
            Match match = byHexcode.get(plain(name.getKey()));
            if (match != null)
                byLetters.putIfAbsent(letters(slug(name.getValue().asText())), match);
        });
        byShortcode.forEach((name, match) -> byLetters.putIfAbsent(letters(name), match));
    }

    /** Learns the names of a vendor who tells their codes, for those who do not. */
    public void learn(Map<String, List<String>> namesByHexcode) {
        namesByHexcode.forEach((hexcode, names) -> {
            Match match = byHexcode.get(plain(hexcode));
            if (match == null) return;
            for (String name : names) byVendorName.putIfAbsent(name, match);
        });
    }

    /** All base concepts, flags and keycaps left out, in Unicode's order. */
    public List<Concept> all() {
        List<Concept> all = new ArrayList<>();
        for (Match match : byHexcode.values()) if (match.concept() != null) all.add(match.concept());
        return all;
    }

    /**
     * Finds what an icon shows.
     *
     * @param hexcodes the codes its vendor gives it, may be empty
     * @param names its name and aliases, best first
     */
    public Match find(Collection<String> hexcodes, List<String> names) {
        for (String hexcode : hexcodes) {
            Match match = byHexcode.get(plain(hexcode));
            if (match != null) return match;
        }
        for (Map<String, Match> table : List.of(byLabel, byVendorName, byShortcode)) {
            for (String name : names) {
                Match match = table.get(name);
                if (match != null) return match;
            }
        }
        for (String name : names) {
            Match match = byLetters.get(letters(name));
            if (match != null) return match;
        }
        for (String name : names) {
            if (TONE.matcher(name).matches()) return SKIN_TONE;
            if (name.startsWith("flag-") || name.startsWith("flagfor") || name.endsWith("-flag")) return FLAG;
        }
        for (String name : names) {
            var numbered = NUMBERED.matcher(name);
            if (numbered.matches()) return find(Set.of(), List.of(numbered.group(1)));
        }
        return UNKNOWN;
    }

    private static Match classify(JsonNode emoji, JsonNode groups, JsonNode keywords) {
        if (!emoji.has("group")) return new Match(Kind.COMPONENT, null);
        String group = groups.path("groups").path(emoji.path("group").asText()).asText();
        String subgroup =
                groups.path("subgroups").path(emoji.path("subgroup").asText()).asText();
        if (group.equals("flags")) return FLAG;
        if (group.equals("component")) return new Match(Kind.COMPONENT, null);
        if (subgroup.equals("keycap")) return new Match(Kind.KEYCAP, null);
        String label = emoji.path("label").asText().replace("“", "").replace("”", "");
        List<String> tags = new ArrayList<>();
        for (JsonNode tag : emoji.path("tags")) tags.add(tag.asText());
        for (JsonNode tag : keywords) tags.add(tag.asText());
        String hexcode = emoji.path("hexcode").asText();
        return new Match(Kind.CONCEPT, new Concept(hexcode, label, Tags.filter(label, tags), group, subgroup));
    }

    private void enter(JsonNode emoji, Match match) {
        byHexcode.putIfAbsent(plain(emoji.path("hexcode").asText()), match);
        byLabel.putIfAbsent(slug(emoji.path("label").asText()), match);
    }

    /** A code without variation selectors and leading zeros, in capitals. */
    private static String plain(String hexcode) {
        return hexcode.toUpperCase(Locale.ROOT).replace("-FE0F", "").replaceAll("\\b0+", "");
    }

    private static String slug(String name) {
        String plain = Normalizer.normalize(name.toLowerCase(Locale.ROOT), Normalizer.Form.NFD)
                .replaceAll("\\p{M}|['’]", "");
        return plain.replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    }

    private static String letters(String slug) {
        return slug.replace("-", "");
    }
}

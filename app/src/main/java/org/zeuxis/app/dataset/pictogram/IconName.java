package org.zeuxis.app.dataset.pictogram;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The name of an icon taken apart: {@code shopping-cart-24-outline} is a shopping cart, outlined.
 *
 * @param words what it shows, such as {@code shopping, cart}
 * @param styles how it is drawn, as captions say it, such as {@code outlined}
 * @param drawing the name without sizes and corners: icons of a set that share it and their styles are near duplicates
 * @param size in pixels, 0 if the name has none
 */
record IconName(List<String> words, List<String> styles, String drawing, int size) {
    private static final Map<String, String> STYLES = styleWords();
    private static final Set<String> ABSTRACTIONS = new HashSet<>(WordList.words("icon-abstractions.txt"));
    private static final Set<String> BRANDS = new HashSet<>(WordList.words("icon-brands.txt"));
    private static final Set<Integer> SIZES = Set.of(8, 10, 12, 14, 15, 16, 18, 20, 22, 24, 28, 32, 36, 40, 48, 64, 96);

    /** @param set the names of all icons of the set, which tell a style ({@code heart-light}) from a thing ({@code traffic-light}) */
    static IconName of(String name, Set<String> set) {
        List<String> tokens = new ArrayList<>(Arrays.asList(name.split("-")));
        Set<String> styles = new LinkedHashSet<>();
        List<String> marks = new ArrayList<>();
        int size = 0;
        boolean found = true;
        while (found && tokens.size() > 1) {
            String last = tokens.get(tokens.size() - 1);
            String rest = String.join("-", tokens.subList(0, tokens.size() - 1));
            String style = STYLES.get(last);
            Integer pixels = pixels(last);
            found = true;
            if (style != null && another(rest, last, set, true)) {
                if (style.equals("~")) marks.add(last);
                else if (!style.equals("-")) styles.add(style);
            } else if (pixels != null && SIZES.contains(pixels)) {
                size = pixels;
            } else if (last.matches("[0-9]{1,2}")) {
                marks.add(last);
            } else {
                found = false;
            }
            if (found) tokens.remove(tokens.size() - 1);
        }
        if (tokens.size() > 1) {
            String rest = name.substring(name.indexOf('-') + 1);
            String style = STYLES.get(tokens.get(0));
            if (style != null && another(rest, tokens.get(0), set, false)) {
                tokens.remove(0);
                if (!style.equals("-") && !style.equals("~")) styles.add(style);
            }
        }
        List<String> words = tokens.stream()
                .filter(t -> t.chars().anyMatch(Character::isLetter))
                .toList();
        return new IconName(words, List.copyOf(styles), String.join("-", tokens) + marks, size);
    }

    /** What it shows, as a caption says it. */
    String noun() {
        return String.join(" ", words);
    }

    /** Whether it shows no thing, but a sign of interfaces or typesetting. */
    boolean isAbstract() {
        return ABSTRACTIONS.containsAll(words);
    }

    /** Whether it names a trade mark or a file type. */
    boolean isBrand() {
        return words.stream().anyMatch(BRANDS::contains);
    }

    /** What the split of its name is a hash of: the noun, in the singular. */
    String base() {
        String noun = noun();
        boolean plural = noun.length() > 3 && noun.endsWith("s") && !noun.endsWith("ss");
        return plural ? noun.substring(0, noun.length() - 1) : noun;
    }

    /** Whether the set has the same name without a style, or with another. */
    private static boolean another(String rest, String style, Set<String> set, boolean atEnd) {
        if (set.contains(rest)) return true;
        for (String other : STYLES.keySet()) {
            if (!other.equals(style) && set.contains(atEnd ? rest + "-" + other : other + "-" + rest)) return true;
        }
        return false;
    }

    private static @Nullable Integer pixels(String token) {
        return token.matches("[0-9]{1,2}(px)?") ? Integer.valueOf(token.replace("px", "")) : null;
    }

    private static Map<String, String> styleWords() {
        Map<String, String> styles = new LinkedHashMap<>();
        for (String line : WordList.lines("icon-styles.txt")) {
            String[] cells = line.split("\t");
            styles.put(cells[0], cells[1]);
        }
        return styles;
    }
}

package org.zeuxis.eval.drawbench;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a picture of a prompt must show, said so that it can be checked without a network. */
public sealed interface Truth {
    /** As a file of prompts has it. */
    String words();

    /** So many separate things. */
    record Count(int things) implements Truth {
        @Override
        public String words() {
            return "count " + things;
        }
    }

    /** What is drawn is of this colour, or some of it is. */
    record Shows(DrawnColor color) implements Truth {
        @Override
        public String words() {
            return color.label();
        }
    }

    /** What is behind it is of this colour. */
    record Behind(DrawnColor color) implements Truth {
        @Override
        public String words() {
            return "background " + color.label();
        }
    }

    /** Where a colour lies to another. */
    record Placed(DrawnColor color, Side side, DrawnColor other) implements Truth {
        @Override
        public String words() {
            return color.label() + " " + side.words + " " + other.label();
        }
    }

    /** Of what. */
    enum Side {
        LEFT("left of"),
        RIGHT("right of"),
        ABOVE("above"),
        BELOW("below");

        private final String words;

        Side(String words) {
            this.words = words;
        }
    }

    /** Several, joined by semicolons. */
    static String words(List<Truth> truths) {
        return truths.stream().map(Truth::words).collect(Collectors.joining("; "));
    }

    /**
     * Reads what {@link #words(List)} writes.
     *
     * @throws IllegalArgumentException if one is of another form
     */
    static List<Truth> parse(String text) {
        List<Truth> truths = new ArrayList<>();
        for (String words : text.split(";", -1)) if (!words.isBlank()) truths.add(one(words.strip()));
        return truths;
    }

    private static Truth one(String words) {
        Matcher count = Pattern.compile("count (\\d{1,3})").matcher(words);
        if (count.matches()) return new Count(Integer.parseInt(count.group(1)));
        Matcher behind = Pattern.compile("background (\\w+)").matcher(words);
        if (behind.matches()) return new Behind(DrawnColor.named(behind.group(1)));
        for (Side side : Side.values()) {
            Matcher placed = Pattern.compile("(\\w+) " + side.words + " (\\w+)").matcher(words);
            if (placed.matches())
                return new Placed(DrawnColor.named(placed.group(1)), side, DrawnColor.named(placed.group(2)));
        }
        if (words.matches("\\w+")) return new Shows(DrawnColor.named(words));
        throw new IllegalArgumentException(
                "expected a truth such as 'count 3', 'red', 'background blue' or 'red left of green', got '" + words
                        + "'");
    }
}

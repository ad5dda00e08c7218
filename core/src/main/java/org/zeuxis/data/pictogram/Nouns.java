package org.zeuxis.data.pictogram;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Enough English grammar for the names of drawings: articles and plurals. */
public final class Nouns {
    private static final Pattern TAIL = Pattern.compile(
            " (with|without|of|in|on|at|behind|under|over|and|or|from|to|for|pointing|facing|showing|tilted|fluttering|viewing)\\b.*");
    private static final Set<String> SPELLED_AN =
            Set.of("A", "AB", "ATM", "ID", "NG", "OK", "ON!", "O", "SOS", "M", "UP!", "UFO");
    private static final Pattern VOWEL = Pattern.compile("^(?:[aeio]|u(?!ni(?!m|n)|se|tensil|k)|hour|honest|heir).*");
    private static final Set<String> CONSONANT = Set.of("one", "euro", "ewe", "european", "eucalyptus", "once");
    private static final Set<String> MASS = Set.of(
            "rice",
            "bread",
            "water",
            "fire",
            "fog",
            "money",
            "sake",
            "honey",
            "butter",
            "garlic",
            "ginger",
            "soap",
            "salt",
            "tea",
            "wood",
            "luggage",
            "spaghetti",
            "sushi",
            "bacon",
            "tofu",
            "poo",
            "snow",
            "rain",
            "wind",
            "hair",
            "clothing",
            "jewelry",
            "broccoli",
            "oden",
            "dango",
            "mate",
            "ice",
            "ice cream",
            "blood",
            "corn",
            "soccer",
            "basketball",
            "football",
            "tennis",
            "bowling",
            "camping",
            "fireworks",
            "cooking",
            "knitting",
            "medicine",
            "tape",
            "thread",
            "yarn",
            "sunrise",
            "sunset",
            "lightning",
            "high voltage",
            "zzz",
            "coral",
            "bamboo",
            "seafood",
            "lettuce",
            "popcorn",
            "foggy",
            "locked",
            "unlocked",
            "skis",
            "warning",
            "dizzy",
            "wireless",
            "prohibited",
            "registered",
            "radioactive",
            "infinity",
            "information",
            "multiply",
            "minus",
            "plus",
            "divide",
            "thumbs up",
            "thumbs down",
            "star-struck",
            "dashing away",
            "mount fuji",
            "construction",
            "field hockey",
            "ping pong",
            "badminton",
            "trade mark",
            "copyright",
            "mobile phone off",
            "beer",
            "wine",
            "champagne",
            "milk",
            "music",
            "confetti",
            "curry",
            "meat",
            "cheese");
    private static final Set<String> SINGULAR_IN_ING = Set.of(
            "ring", "wing", "king", "building", "painting", "sling", "seedling", "dumpling", "earring", "duckling");
    private static final Set<String> NAMES = Set.of(
            "Aries",
            "Taurus",
            "Gemini",
            "Cancer",
            "Leo",
            "Virgo",
            "Libra",
            "Scorpio",
            "Sagittarius",
            "Capricorn",
            "Aquarius",
            "Pisces",
            "Ophiuchus",
            "Santa Claus",
            "Mrs. Claus",
            "Mx Claus",
            "Mount Fuji");
    private static final Set<String> SINGULAR_IN_S = Set.of(
            "gas",
            "lens",
            "canvas",
            "christmas",
            "tennis",
            "iris",
            "asparagus",
            "citrus",
            "oasis",
            "atlas",
            "series",
            "rhinoceros");
    private static final Map<String, String> IRREGULAR = Map.ofEntries(
            Map.entry("mouse", "mice"),
            Map.entry("man", "men"),
            Map.entry("woman", "women"),
            Map.entry("child", "children"),
            Map.entry("person", "people"),
            Map.entry("tooth", "teeth"),
            Map.entry("foot", "feet"),
            Map.entry("goose", "geese"),
            Map.entry("ox", "oxen"),
            Map.entry("knife", "knives"),
            Map.entry("leaf", "leaves"),
            Map.entry("loaf", "loaves"),
            Map.entry("scarf", "scarves"),
            Map.entry("sheaf", "sheaves"),
            Map.entry("wolf", "wolves"),
            Map.entry("calf", "calves"),
            Map.entry("elf", "elves"),
            Map.entry("fish", "fish"),
            Map.entry("blowfish", "blowfish"),
            Map.entry("jellyfish", "jellyfish"),
            Map.entry("sheep", "sheep"),
            Map.entry("deer", "deer"),
            Map.entry("bison", "bison"),
            Map.entry("shrimp", "shrimp"),
            Map.entry("squid", "squid"),
            Map.entry("moose", "moose"),
            Map.entry("aircraft", "aircraft"),
            Map.entry("cactus", "cacti"),
            Map.entry("t-rex", "T-Rexes"));

    private static final Set<String> IRREGULAR_PLURALS = Set.of("people", "men", "women", "children", "mice", "teeth");

    private Nouns() {}

    /** The article that goes before a word: a or an. */
    public static String article(String words) {
        String first = words.split("[ -]", 2)[0];
        if (SPELLED_AN.contains(first)) return "an";
        String lower = first.toLowerCase(Locale.ROOT);
        boolean vowel = (VOWEL.matcher(lower).matches() || lower.equals("x")) && !CONSONANT.contains(lower);
        return vowel ? "an" : "a";
    }

    /** {@code an apple}, {@code eyes}, {@code Mount Fuji}: with an article where one belongs. */
    public static String withArticle(String label) {
        if (label.matches("Statue of Liberty|globe showing .*|milky way")) return "the " + label;
        return countable(label) ? article(label) + " " + label : label;
    }

    /** Whether there can be one and two of it: no name, no plural, nothing that flows. */
    public static boolean countable(String label) {
        String head = head(label);
        String lower = head.toLowerCase(Locale.ROOT);
        String last = lower.substring(lower.lastIndexOf(' ') + 1);
        return !label.isBlank()
                && !label.contains(":")
                && !label.startsWith("Statue of Liberty")
                && !NAMES.contains(label)
                && !MASS.contains(lower)
                && !MASS.contains(last)
                && !plural(last)
                && !lower.endsWith("ice cream")
                && !lower.startsWith("no ")
                && !lower.matches(".*(o’clock|-thirty)")
                && !IRREGULAR_PLURALS.contains(last)
                && !IRREGULAR_PLURALS.contains(lower.split(" ", 2)[0])
                && (lower.contains(" ") || !lower.endsWith("ing") || SINGULAR_IN_ING.contains(lower));
    }

    /** {@code two glasses of milk} from {@code glass of milk}; of countable names only. */
    public static String plural(int count, String label) {
        return number(count) + " " + plurals(label);
    }

    /** {@code glasses of milk} from {@code glass of milk}; of countable names only. */
    public static String plurals(String label) {
        String head = head(label);
        int space = head.lastIndexOf(' ');
        String last = head.substring(space + 1);
        return head.substring(0, space + 1) + pluralWord(last) + label.substring(head.length());
    }

    /** {@code one red apple}, {@code two red apples}; of countable names only. */
    public static String counted(int count, String label) {
        return count == 1 ? "one " + label : plural(count, label);
    }

    /** {@code an apple, a cat and a fish}. */
    public static String series(List<String> words) {
        int last = words.size() - 1;
        String before = String.join(", ", words.subList(0, last));
        return before.isEmpty() ? words.get(last) : before + " and " + words.get(last);
    }

    /** In words up to four. */
    public static String number(int count) {
        return switch (count) {
            case 1 -> "one";
            case 2 -> "two";
            case 3 -> "three";
            case 4 -> "four";
            default -> Integer.toString(count);
        };
    }

    private static String head(String label) {
        return TAIL.matcher(label).replaceFirst("");
    }

    private static String pluralWord(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        String irregular = IRREGULAR.get(lower);
        if (irregular != null) return irregular;
        for (String end : new String[] {"woman", "man", "mouse", "knife", "fish", "child"}) {
            if (lower.endsWith(end) && !lower.equals("human")) {
                return word.substring(0, word.length() - end.length()) + IRREGULAR.get(end);
            }
        }
        if (lower.matches(".*[^aeiou]y")) return word.substring(0, word.length() - 1) + "ies";
        if (lower.matches(".*(s|x|z|ch|sh)")) return word + "es";
        if (lower.matches("(tomato|potato|volcano|mango|mosquito|hero|superhero|tornado)")) return word + "es";
        return word + "s";
    }

    private static boolean plural(String word) {
        return word.endsWith("s")
                && !word.endsWith("ss")
                && !word.endsWith("us")
                && !word.endsWith("is")
                && !SINGULAR_IN_S.contains(word);
    }
}

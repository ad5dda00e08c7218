package org.zeuxis.app.dataset.concept;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a drawing shows: one emoji of Unicode, without skin tone.
 *
 * @param hexcode code points in capital hexadecimal, joined by '-'
 * @param label the CLDR name, such as {@code grinning face}
 * @param tags more words for it, filtered by {@link Tags}
 * @param group Unicode's group, such as {@code smileys-emotion}
 * @param subgroup Unicode's subgroup, such as {@code face-smiling}
 */
public record Concept(String hexcode, String label, List<String> tags, String group, String subgroup) {
    private static final Set<String> HANDED_SUBGROUPS =
            Set.of("hands", "person-gesture", "time", "writing", "book-paper", "office", "money", "game", "music");
    private static final Pattern HANDED_WORDS = Pattern.compile(
            "\\b(left|right|leftwards|rightwards|arrow|arrows|clock|letter|button|sign|pointing|facing|hand|hands"
                    + "|fist|thumbs|fingers|abc|input|symbol|calendar|map|globe|speedometer|keyboard)\\b");

    public Concept {
        tags = List.copyOf(tags);
    }

    public Split split() {
        return Split.of(hexcode);
    }

    /** Whether a mirrored drawing would show something else: arrows, flags, letters, clocks, hands. */
    public boolean handed() {
        return group.equals("flags")
                || group.equals("symbols") && !subgroup.equals("geometric")
                || subgroup.startsWith("hand-")
                || HANDED_SUBGROUPS.contains(subgroup)
                || HANDED_WORDS.matcher(label).find();
    }
}

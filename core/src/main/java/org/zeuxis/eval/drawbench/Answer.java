package org.zeuxis.eval.drawbench;

import java.util.Arrays;

/**
 * What a rater said of a prompt.
 *
 * @param prompt its place in the list, from 0
 * @param left whose pictures stood on the left: {@link Preference#FIRST} or {@link Preference#SECOND}
 */
public record Answer(String rater, int prompt, Question question, Preference preference, Preference left) {
    private static final int LONGEST_NAME = 60;

    /** @throws IllegalArgumentException if the rater has no name that can be written in a line */
    public Answer {
        expectName(rater);
        if (left == Preference.SAME) {
            throw new IllegalArgumentException("expected first or second on the left, got " + left.word());
        }
    }

    /** @throws IllegalArgumentException if a rater cannot be called so */
    public static void expectName(String rater) {
        if (rater.isBlank()
                || !rater.equals(rater.strip())
                || rater.length() > LONGEST_NAME
                || rater.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("expected a name of 1 to " + LONGEST_NAME
                    + " letters without blanks around it, got '" + rater + "'; choose another");
        }
    }

    static <E extends Enum<E>> E named(Class<E> kind, String word) {
        E[] all = kind.getEnumConstants();
        return Arrays.stream(all)
                .filter(e -> e.name().equalsIgnoreCase(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "expected one of " + Arrays.toString(all) + ", got '" + word + "'"));
    }
}

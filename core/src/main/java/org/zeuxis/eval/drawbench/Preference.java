package org.zeuxis.eval.drawbench;

import java.util.Locale;

/** Which of the two models a rater prefers. */
public enum Preference {
    FIRST,
    SAME,
    SECOND;

    /** As files have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package org.zeuxis.eval.drawbench;

import java.util.Locale;

/**
 * What a rater is asked of two sets of pictures.
 *
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, section 4.3
 */
public enum Question {
    /** Which set is better made; the prompt is not shown. */
    FIDELITY,
    /** Which set fits the prompt better. */
    ALIGNMENT;

    /** As files and tables have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

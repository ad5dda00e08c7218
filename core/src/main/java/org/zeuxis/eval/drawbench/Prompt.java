package org.zeuxis.eval.drawbench;

import java.util.List;

/**
 * What both models draw.
 *
 * @param truths what a picture of it must show, as far as that can be checked without a network; mostly nothing
 */
public record Prompt(String text, Category category, List<Truth> truths) {
    public Prompt {
        truths = List.copyOf(truths);
    }
}

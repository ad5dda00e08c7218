package org.zeuxis.models.clip;

import java.util.List;

/**
 * Sentences that a label is put into, so that it reads like the captions CLIP was trained on.
 *
 * @param templates each with one {@code {}} for the label
 * @see <a href="https://arxiv.org/abs/2103.00020">CLIP</a>, section 3.1.4
 */
public record PromptTemplates(List<String> templates) {
    private static final String LABEL = "{}";

    /** The label by itself. */
    public static final PromptTemplates BARE = new PromptTemplates(List.of(LABEL));
    /** The paper's one sentence for photographs. */
    public static final PromptTemplates PHOTO = new PromptTemplates(List.of("a photo of a {}."));
    /** Seven sentences for photographs that OpenAI's notebook found to do nearly as well as its eighty. */
    public static final PromptTemplates PHOTOS = new PromptTemplates(List.of(
            "itap of a {}.",
            "a bad photo of the {}.",
            "a origami {}.",
            "a photo of the large {}.",
            "a {} in a video game.",
            "art of the {}.",
            "a photo of the small {}."));
    /** The pictograms' styles: a sentence for each way that a drawing of them is made. */
    public static final PromptTemplates PICTOGRAMS = new PromptTemplates(List.of(
            LABEL,
            "flat emoji of a {}",
            "flat icon of a {}",
            "3d emoji of a {}",
            "glossy emoji of a {}",
            "outlined drawing of a {}",
            "retro emoji of a {}"));

    /** @throws IllegalArgumentException if there is none, or one does not have {@code {}} exactly once */
    public PromptTemplates {
        if (templates.isEmpty()) throw new IllegalArgumentException("expected at least one template, got none");
        for (String template : templates) {
            int first = template.indexOf(LABEL);
            if (first < 0 || template.indexOf(LABEL, first + 1) >= 0) {
                throw new IllegalArgumentException(
                        "expected a template with {} once for the label, such as \"a photo of a {}\", got \"" + template
                                + "\"");
            }
        }
        templates = List.copyOf(templates);
    }

    /** Every template with this label in it. */
    public List<String> fill(String label) {
        return templates.stream().map(t -> t.replace(LABEL, label)).toList();
    }
}

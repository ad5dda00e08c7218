package org.zeuxis.eval.language;

import java.util.List;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.pictogram.Nouns;
import org.zeuxis.image.Image;
import org.zeuxis.models.flamingo.Dialect;
import org.zeuxis.models.flamingo.Prompt;

/**
 * What is wanted of a model: to name what a picture shows, or to describe it.
 *
 * @param dialect how it is asked
 * @param question that the name answers; empty to have the picture described
 */
public record FewShotTask(Dialect dialect, String question) {
    /** As scenes ask for a name. */
    public static final String WHAT = "what is this?";

    boolean describes() {
        return question.isBlank();
    }

    /** The examples with their answers, then the picture in question. */
    Prompt prompt(List<CaptionedImage> examples, Image asked) {
        Prompt prompt = Prompt.of("", List.of());
        for (CaptionedImage each : examples) {
            String answer = describes() ? each.caption() : Nouns.withArticle(each.label());
            prompt = prompt.then(dialect.answered(each.image(), question, answer));
        }
        return prompt.then(dialect.asking(List.of(asked), question));
    }
}

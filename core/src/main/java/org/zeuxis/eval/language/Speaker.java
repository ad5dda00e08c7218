package org.zeuxis.eval.language;

import java.util.List;
import java.util.function.Function;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.flamingo.Prompt;

/** What writes on after prompts, and is judged by that. */
@FunctionalInterface
public interface Speaker {
    /** The whole answer to each, in the order of the prompts. */
    List<String> answers(List<Prompt> prompts);

    /** One that answers each by itself. */
    static Speaker of(Function<Prompt, String> answer) {
        return prompts -> prompts.stream().map(answer).toList();
    }

    /**
     * A model that looks at the pictures, and always says what is likeliest.
     *
     * @param tokens how many an answer has at most
     */
    static Speaker seeing(FlamingoFolder model, int tokens) {
        return prompts -> model.write(prompts, tokens);
    }

    /** Its language model alone, which reads the same text and sees nothing. */
    static Speaker blind(FlamingoFolder model, int tokens) {
        return prompts -> model.unseen(prompts, tokens);
    }
}

package org.zeuxis.eval.language;

import java.util.List;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.models.lm.Choice;

/** What writes on after a prompt, and is judged by that. */
@FunctionalInterface
public interface Speaker {
    /** The whole answer. */
    String answer(Prompt prompt);

    /**
     * A model that looks at the pictures, and always says what is likeliest.
     *
     * @param tokens how many an answer has at most
     */
    static Speaker seeing(FlamingoFolder model, int tokens) {
        return prompt -> model.write(prompt, tokens, List.of(), Choice.GREEDY, word -> {});
    }

    /** Its language model alone, which reads the same text and sees nothing. */
    static Speaker blind(FlamingoFolder model, int tokens) {
        return prompt -> model.unseen(prompt, tokens);
    }
}

package org.zeuxis.models.flamingo;

import java.util.List;
import org.zeuxis.image.Image;

/** How questions about pictures, and answers that serve as examples, were written for a model while it learned. */
public enum Dialect {
    /** Of OpenFlamingo's captions and its visual question answering. */
    OPEN_FLAMINGO("", "Question:%s Short answer:", "Output:", Prompt.END) {
        @Override
        String written(String text) {
            return text;
        }
    },
    /** Of IDEFICS, which has another token around each picture. */
    IDEFICS("User:", "%s\nAssistant:", "Describe this image.\nAssistant:", "\n") {
        @Override
        String written(String text) {
            String around = "<fake_token_around_image>";
            return text.replace(Prompt.MARK, around + Prompt.MARK + around).replace(around + around, around);
        }
    },
    /** Of IDEFICS as it was instructed, where every utterance has an end. */
    IDEFICS_INSTRUCT(
            "User:",
            "%s<end_of_utterance>\nAssistant:",
            "Describe this image.<end_of_utterance>\nAssistant:",
            "<end_of_utterance>\n") {
        @Override
        String written(String text) {
            return IDEFICS.written(text);
        }
    };

    private final String before;
    private final String asking;
    private final String describing;
    private final String after;

    Dialect(String before, String asking, String describing, String after) {
        this.before = before;
        this.asking = asking;
        this.describing = describing;
        this.after = after;
    }

    /** The text of a prompt as the tokenizer is given it. */
    abstract String written(String text);

    /**
     * What is asked of pictures, up to where the answer begins.
     *
     * @param question empty to have them described
     */
    public Prompt asking(List<Image> pictures, String question) {
        return asking(Prompt.showing(pictures.stream().map(List::of).toList()), question);
    }

    /** The same of pictures and videos. */
    public Prompt asking(Prompt shown, String question) {
        String asked = question.isBlank() ? describing : String.format(asking, question.strip());
        return words(before).then(shown).then(words(asked));
    }

    /** An example: the same with its answer. */
    public Prompt answered(Image picture, String question, String answer) {
        return answered(Prompt.showing(List.of(List.of(picture))), question, answer);
    }

    /** The same of pictures and videos. */
    public Prompt answered(Prompt shown, String question, String answer) {
        return asking(shown, question).then(words((this == OPEN_FLAMINGO ? "" : " ") + answer.strip() + after));
    }

    private static Prompt words(String text) {
        return Prompt.of(text, List.of());
    }

    /** At what an answer has ended, besides the end of the text. */
    List<String> stops() {
        return this == OPEN_FLAMINGO ? List.of() : List.of("\nUser:");
    }

    /** The token that ends an answer; empty where that is the end of the text. */
    String end() {
        return switch (this) {
            case OPEN_FLAMINGO -> Prompt.END;
            case IDEFICS -> "";
            case IDEFICS_INSTRUCT -> "<end_of_utterance>";
        };
    }
}

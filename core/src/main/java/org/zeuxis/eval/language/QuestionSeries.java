package org.zeuxis.eval.language;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.zeuxis.data.pictogram.scene.AskedScenes;
import org.zeuxis.data.pictogram.scene.MovingScenes;
import org.zeuxis.image.Video;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.flamingo.Prompt;

/** Questions of one kind about what is shown, one at each position. */
public record QuestionSeries(String kind, Posing posing) {

    /** A question, what it is about, and what is right. */
    public record Posed(Prompt shown, String question, String answer) {}

    /** Poses a question: the same at the same position. */
    @FunctionalInterface
    public interface Posing {
        Posed at(long position) throws IOException;
    }

    /** Those about pictures, of each kind. */
    public static List<QuestionSeries> of(AskedScenes scenes) {
        return Arrays.stream(AskedScenes.Kind.values())
                .map(kind -> new QuestionSeries(words(kind), position -> {
                    AskedScenes.Asked asked = scenes.at(kind, position);
                    return new Posed(
                            Prompt.of(Prompt.MARK, List.of(asked.scene().image())), asked.question(), asked.answer());
                }))
                .toList();
    }

    /** Those about videos of as many frames as a model tells apart, and as it is shown them. */
    public static List<QuestionSeries> of(MovingScenes scenes, FlamingoFolder model) {
        return Arrays.stream(MovingScenes.Kind.values())
                .map(kind -> new QuestionSeries("video " + words(kind), position -> {
                    MovingScenes.Moving moving = scenes.at(kind, position, model.frames());
                    Video video = moving.video();
                    return new Posed(model.shown(List.of(video)), moving.question(), moving.answer());
                }))
                .toList();
    }

    private static String words(Enum<?> kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}

package org.zeuxis.app.drawbench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.zeuxis.app.judge.Judgement;
import org.zeuxis.eval.drawbench.Comparison;
import org.zeuxis.eval.drawbench.JudgeRow;
import org.zeuxis.eval.drawbench.Preference;
import org.zeuxis.eval.drawbench.Prompt;
import org.zeuxis.eval.drawbench.SceneCheck;
import org.zeuxis.eval.drawbench.SceneCheck.Verdict;
import org.zeuxis.eval.fidelity.ClipScore;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.PromptTemplates;
import org.zeuxis.models.clip.ZeroShotClassifier;
import org.zeuxis.models.clip.ZeroShotClassifier.Prediction;

/** What can be said of the pictures without people: by a CLIP, and where the truth of a prompt is known without any network. */
final class AutomaticJudges {
    private final Path folder;
    private final Comparison comparison;

    /** What is said of the pictures that a model drew of a prompt. */
    @FunctionalInterface
    private interface Look {
        List<Double> at(Prompt prompt, List<Image> pictures);
    }

    AutomaticJudges(Path folder, Comparison comparison) {
        this.folder = folder;
        this.comparison = comparison;
    }

    /** How well the pictures fit their prompts, in the setting of CLIPScore's paper. */
    List<JudgeRow> clipScore(String name, ClipFolder clip) throws IOException {
        PromptTemplates template = new PromptTemplates(List.of(ClipScore.BEFORE + "{}"));
        try (ZeroShotClassifier classifier = new ZeroShotClassifier(clip, texts(), template)) {
            return rows("CLIPScore by " + name + ", 0 to 2.5", p -> true, (prompt, pictures) -> {
                List<Double> scores = new ArrayList<>();
                for (List<Prediction> seen : classifier.classify(pictures)) {
                    for (Prediction each : seen) {
                        if (each.label().equals(prompt.text())) scores.add(ClipScore.score(each.cosine()));
                    }
                }
                return scores;
            });
        }
    }

    /** Which pictures are nearer to their own prompt than to any other. */
    List<JudgeRow> recognition(String name, ClipFolder clip) throws IOException {
        try (ZeroShotClassifier classifier = new ZeroShotClassifier(clip, texts(), PromptTemplates.BARE)) {
            String judge = "share recognised by " + name + ", among " + texts().size() + " prompts";
            return rows(
                    judge,
                    p -> true,
                    (prompt, pictures) -> classifier.classify(pictures).stream()
                            .map(seen -> share(seen.get(0).label().equals(prompt.text())))
                            .toList());
        }
    }

    /** Of which pictures count, colours and places are as the prompt has them, where both can be told. */
    List<JudgeRow> scenes() throws IOException {
        long known = comparison.prompts().stream()
                .filter(prompt -> !prompt.truths().isEmpty())
                .count();
        String judge = "share with the right count, colours and places; of " + 2 * known * comparison.count()
                + " pictures those on a plain background";
        return rows(
                judge,
                prompt -> !prompt.truths().isEmpty(),
                (prompt, pictures) -> pictures.stream()
                        .map(picture -> SceneCheck.of(picture, prompt.truths()))
                        .filter(verdict -> verdict != Verdict.UNSEEN)
                        .map(verdict -> share(verdict == Verdict.HOLDS))
                        .toList());
    }

    private static double share(boolean hit) {
        return hit ? 1 : 0;
    }

    private List<String> texts() {
        return comparison.prompts().stream().map(Prompt::text).distinct().toList();
    }

    private List<JudgeRow> rows(String judge, Predicate<Prompt> wanted, Look look) throws IOException {
        List<List<Double>> first = new ArrayList<>();
        List<List<Double>> second = new ArrayList<>();
        List<Prompt> prompts = comparison.prompts();
        return Judgement.looking(prompts.size(), done -> {
            for (int p = 0; p < prompts.size(); p++) {
                boolean asked = wanted.test(prompts.get(p));
                first.add(asked ? look.at(prompts.get(p), pictures(Preference.FIRST, p)) : List.of());
                second.add(asked ? look.at(prompts.get(p), pictures(Preference.SECOND, p)) : List.of());
                done.accept(p + 1);
            }
            return JudgeRow.of(judge, comparison, new JudgeRow.Scores(first, second));
        });
    }

    private List<Image> pictures(Preference model, int prompt) throws IOException {
        List<Image> pictures = new ArrayList<>();
        for (int i = 0; i < comparison.count(); i++) {
            pictures.add(ImageFile.read(comparison.picture(folder, model, prompt, i)));
        }
        return pictures;
    }
}

package org.zeuxis.app.drawbench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.zeuxis.eval.drawbench.Answer;
import org.zeuxis.eval.drawbench.AnswerLog;
import org.zeuxis.eval.drawbench.BlindPlan;
import org.zeuxis.eval.drawbench.Comparison;
import org.zeuxis.eval.drawbench.Preference;
import org.zeuxis.eval.drawbench.Question;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;

/**
 * What raters are asked and say: for each prompt first which set of pictures is better made, then, with the prompt, which
 * fits it better. Nothing that it gives away tells whose pictures they are.
 */
public final class Rating implements AutoCloseable {
    private final Path folder;
    private final Comparison comparison;
    private final AnswerLog log;
    private final String only;
    private final Map<String, BlindPlan> plans = new HashMap<>();
    private final Map<String, Path> pictures = new ConcurrentHashMap<>();

    private record Asked(BlindPlan.Pair pair, Question question) {}

    /** @param only who may rate; empty if everybody may */
    Rating(Path folder, Comparison comparison, AnswerLog log, String only) {
        this.folder = folder;
        this.comparison = comparison;
        this.log = log;
        this.only = only;
    }

    /**
     * Of what {@code drawbench run} drew, which no other may rate meanwhile.
     *
     * @param only who may rate; empty if everybody may
     * @throws IOException if it is no such folder, lacks pictures or is rated by another already
     */
    public static Rating open(Path folder, String only) throws IOException {
        Comparison comparison = Comparison.read(folder);
        comparison.expectWhole(folder);
        return new Rating(folder, comparison, AnswerLog.open(folder, comparison), only);
    }

    /** How many prompts are rated. */
    int prompts() {
        return comparison.prompts().size();
    }

    /** Who rates; empty if the page is to ask. */
    String only() {
        return only;
    }

    /** What a rater is to answer next. */
    Map<String, Object> next(String rater) throws IOException {
        BlindPlan plan = plan(rater);
        Set<Asked> done = done(rater, plan);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("rater", rater);
        fields.put("done", done.size());
        fields.put("total", 2 * plan.pairs().size());
        Asked asked = first(plan, done);
        if (asked != null) {
            BlindPlan.Pair pair = asked.pair();
            fields.put("id", pair.id());
            fields.put("question", asked.question().word());
            if (asked.question() == Question.ALIGNMENT) {
                fields.put("caption", comparison.prompts().get(pair.prompt()).text());
            }
            fields.put("left", names(plan, pair, pair.left()));
            fields.put("right", names(plan, pair, pair.right()));
        }
        return fields;
    }

    /**
     * Saves an answer.
     *
     * @param side left, right or same
     * @throws IllegalArgumentException if nothing of the kind was asked
     */
    void answer(String rater, String id, String question, String side) throws IOException {
        BlindPlan plan = plan(rater);
        BlindPlan.Pair pair = plan.pairs().stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("expected pictures that were shown, got others; reload"));
        Question asked = switch (question) {
            case "fidelity" -> Question.FIDELITY;
            case "alignment" -> Question.ALIGNMENT;
            default ->
                throw new IllegalArgumentException("expected fidelity or alignment, got '" + question + "'; reload");
        };
        if (asked == Question.ALIGNMENT && !done(rater, plan).contains(new Asked(pair, Question.FIDELITY))) {
            throw new IllegalArgumentException("expected an answer on how the pictures are made first; reload");
        }
        Preference preference = switch (side) {
            case "left" -> pair.left();
            case "right" -> pair.right();
            case "same" -> Preference.SAME;
            default -> throw new IllegalArgumentException("expected left, same or right, got '" + side + "'");
        };
        log.append(new Answer(rater, pair.prompt(), asked, preference, pair.left()));
    }

    /** A picture as a rater may see it: its pixels alone; null if it was not shown to anybody. */
    byte @Nullable [] picture(String name) throws IOException {
        Path file = pictures.get(name);
        return file == null ? null : ImageFile.png(ImageFile.read(file).over(255, 255, 255), PngText.NONE);
    }

    private BlindPlan plan(String rater) throws IOException {
        Answer.expectName(rater);
        if (!only.isEmpty() && !only.equals(rater)) {
            throw new IllegalArgumentException("expected " + only + " to rate, got '" + rater + "'; reload");
        }
        synchronized (plans) {
            BlindPlan known = plans.get(rater);
            if (known != null) return known;
            BlindPlan plan = BlindPlan.of(folder, rater, comparison.prompts().size());
            plans.put(rater, plan);
            return plan;
        }
    }

    private Set<Asked> done(String rater, BlindPlan plan) {
        Map<Integer, BlindPlan.Pair> pairs = new LinkedHashMap<>();
        plan.pairs().forEach(pair -> pairs.put(pair.prompt(), pair));
        Set<Asked> done = new HashSet<>();
        for (Answer answer : log.of(rater)) {
            BlindPlan.Pair pair = pairs.get(answer.prompt());
            if (pair != null) done.add(new Asked(pair, answer.question()));
        }
        return done;
    }

    private static @Nullable Asked first(BlindPlan plan, Set<Asked> done) {
        for (BlindPlan.Pair pair : plan.pairs()) {
            for (Question question : List.of(Question.FIDELITY, Question.ALIGNMENT)) {
                Asked asked = new Asked(pair, question);
                if (!done.contains(asked)) return asked;
            }
        }
        return null;
    }

    private List<String> names(BlindPlan plan, BlindPlan.Pair pair, Preference model) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < comparison.count(); i++) {
            String name = plan.picture(pair, model, i);
            pictures.put(name, comparison.picture(folder, model, pair.prompt(), i));
            names.add(name);
        }
        return names;
    }

    /** Lets others rate. */
    @Override
    public void close() throws IOException {
        log.close();
    }
}

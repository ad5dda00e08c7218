package org.zeuxis.eval.language;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.zeuxis.eval.PairedDifference;
import org.zeuxis.eval.Proportion;
import org.zeuxis.eval.language.QuestionSeries.Posed;
import org.zeuxis.models.flamingo.Dialect;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.tensor.Scope;

/**
 * How often a model answers questions about pictures and videos, beside the same model without the pictures and beside always the same answer. An
 * answer is right if it has the words that are expected, but for case, punctuation and an article before either.
 *
 * @see <a href="https://arxiv.org/abs/1505.00468">Visual question answering</a>, section 4 of which has the baselines
 */
public record QuestionAccuracy(List<Judged> judged) {

    /**
     * A question that was answered.
     *
     * @param expected what is right
     * @param seen the model's answer
     * @param unseen the answer of its language model alone
     */
    public record Judged(String kind, String expected, String seen, String unseen) {
        boolean right() {
            return Words.of(seen).say(Words.of(expected));
        }

        boolean guessed() {
            return Words.of(unseen).say(Words.of(expected));
        }
    }

    public QuestionAccuracy {
        judged = List.copyOf(judged);
    }

    /**
     * Asks as many questions of each kind, each after examples of its kind, which are of scenes that nothing is asked about.
     *
     * @param count of each kind, at least 1
     * @param shots how many examples
     * @param done is told how many questions were answered so far
     */
    public static QuestionAccuracy of(
            Speaker seeing,
            Speaker blind,
            Dialect dialect,
            List<QuestionSeries> kinds,
            int count,
            int shots,
            LongConsumer done)
            throws IOException {
        if (count < 1) throw new IllegalArgumentException("expected at least 1 question of each kind, got " + count);
        if (shots < 0) throw new IllegalArgumentException("expected 0 or more examples, got " + shots);
        List<Judged> judged = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            try (Scope scope = new Scope()) {
                List<Posed> posed = new ArrayList<>();
                List<Prompt> prompts = new ArrayList<>();
                for (QuestionSeries each : kinds) {
                    Posed one = each.posing().at(i);
                    posed.add(one);
                    prompts.add(examples(each, dialect, (long) i * shots, shots)
                            .then(dialect.asking(one.shown(), one.question())));
                }
                List<String> seen = seeing.answers(prompts);
                List<String> unseen = blind.answers(prompts);
                for (int k = 0; k < kinds.size(); k++) {
                    judged.add(new Judged(kinds.get(k).kind(), posed.get(k).answer(), seen.get(k), unseen.get(k)));
                }
            }
            done.accept(judged.size());
        }
        return new QuestionAccuracy(judged);
    }

    /** @param before how many examples were shown before */
    private static Prompt examples(QuestionSeries series, Dialect dialect, long before, int shots) throws IOException {
        Prompt prompt = Prompt.of("", List.of());
        for (int s = 1; s <= shots; s++) {
            Posed example = series.posing().at(-(before + s)); // questions are at 0 and above
            prompt = prompt.then(dialect.answered(example.shown(), example.question(), example.answer()));
        }
        return prompt;
    }

    /** Only those of a kind. */
    public QuestionAccuracy only(String kind) {
        return new QuestionAccuracy(
                judged.stream().filter(each -> each.kind.equals(kind)).toList());
    }

    /** The share that the model has right. */
    public Proportion right() {
        return share(Judged::right);
    }

    /** The share that its language model has right without seeing anything. */
    public Proportion blind() {
        return share(Judged::guessed);
    }

    /** The share that is right if always the answer is said that is right most often for the kind: the best that can be said unread. */
    public Proportion majority() {
        Map<String, Map<Words, Long>> counts = new TreeMap<>();
        for (Judged each : judged) {
            counts.computeIfAbsent(each.kind, kind -> new HashMap<>())
                    .merge(Words.of(each.expected).withoutArticle(), 1L, Long::sum);
        }
        long hits = counts.values().stream()
                .mapToLong(of ->
                        of.values().stream().max(Comparator.naturalOrder()).orElseThrow())
                .sum();
        return new Proportion(hits, judged.size());
    }

    /** How much better the model does for seeing. */
    public PairedDifference bySeeing() {
        long both = judged.stream().filter(j -> j.right() && j.guessed()).count();
        long seen = right().hits() - both;
        long guessed = blind().hits() - both;
        return new PairedDifference(both, seen, guessed, judged.size() - both - seen - guessed);
    }

    private Proportion share(Predicate<Judged> hit) {
        return new Proportion(judged.stream().filter(hit).count(), judged.size());
    }
}

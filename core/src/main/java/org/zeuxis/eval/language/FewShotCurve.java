package org.zeuxis.eval.language;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Problem;
import org.zeuxis.eval.Proportion;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.tensor.Scope;

/**
 * What a model says of pictures after so many examples. Of none the prompt is the question alone; the paper, which calls two texts
 * without their pictures none, shows it these.
 *
 * @param points from the fewest examples to the most
 * @param problems pictures that could not be judged
 * @see <a href="https://arxiv.org/abs/2204.14198">Flamingo</a>, section 3.1 and Figure 2
 */
public record FewShotCurve(List<Point> points, List<Problem> problems) {

    /** How many pictures are spoken of at once. */
    private static final int AT_ONCE = 8;

    /** What was said of a picture, beside what is true of it. */
    public record Said(String answer, String label, List<String> captions) {
        static Said of(String answer, CaptionedImage picture) {
            String label = picture.label();
            return new Said(answer, label, picture.captions().isEmpty() ? List.of(label) : picture.captions());
        }

        /** Whether it is the label, but for case, punctuation and an article before it. */
        public boolean right() {
            return Words.of(answer).say(Words.of(label));
        }

        /** Whether the words of the label are in it, one after the other. */
        public boolean mentions() {
            return Words.of(answer).mention(Words.of(label));
        }
    }

    /** What was said after so many examples. */
    public record Point(int shots, List<Said> said) {
        public Point {
            said = List.copyOf(said);
        }

        /** The share of answers that are the label. */
        public Proportion right() {
            return share(Said::right);
        }

        /** The share of answers that have the label among their words. */
        public Proportion mentions() {
            return share(Said::mentions);
        }

        /** How like they are to the captions of the pictures. */
        public Cider cider() {
            return Cider.of(said.stream()
                    .map(each -> new Cider.Judged(each.answer, each.captions))
                    .toList());
        }

        private Proportion share(Predicate<Said> hit) {
            return new Proportion(said.stream().filter(hit).count(), said.size());
        }
    }

    public FewShotCurve {
        points = List.copyOf(points);
        problems = List.copyOf(problems);
    }

    /**
     * Asks about every picture with each number of examples.
     *
     * @param shots how many examples, each number at least 0
     * @param done is told how many answers were given so far
     * @throws IOException if no picture can be read
     */
    public static FewShotCurve of(
            Speaker speaker,
            FewShotTask task,
            Dataset pictures,
            ExamplePool pool,
            Collection<Integer> shots,
            LongConsumer done)
            throws IOException {
        TreeSet<Integer> counts = new TreeSet<>(shots);
        if (counts.isEmpty() || counts.first() < 0) {
            throw new IllegalArgumentException("expected numbers of examples of at least 0, got " + shots);
        }
        Map<Integer, List<Said>> said = new TreeMap<>();
        List<Problem> problems = new ArrayList<>();
        long answers = 0;
        for (int from = 0; from < pictures.size(); from += AT_ONCE) {
            Map<Integer, CaptionedImage> some = new TreeMap<>();
            for (int i = from; i < Math.min(pictures.size(), from + AT_ONCE); i++) {
                try {
                    some.put(i, pictures.get(i));
                } catch (IOException e) {
                    problems.add(new Problem(pictures.key(i), String.valueOf(e.getMessage())));
                }
            }
            if (some.isEmpty()) continue;
            try (Scope scope = new Scope()) {
                List<List<CaptionedImage>> examples = new ArrayList<>();
                for (Map.Entry<Integer, CaptionedImage> one : some.entrySet()) {
                    examples.add(pool.of(one.getValue().image(), one.getKey(), counts.last()));
                }
                // the longest prompts first: what the model has no room for is told at once
                for (int count : counts.descendingSet()) {
                    List<Prompt> prompts = new ArrayList<>();
                    for (CaptionedImage picture : some.values()) {
                        var all = examples.get(prompts.size());
                        prompts.add(task.prompt(all.subList(all.size() - count, all.size()), picture.image()));
                    }
                    Iterator<String> words = speaker.answers(prompts).iterator();
                    for (CaptionedImage picture : some.values()) {
                        said.computeIfAbsent(count, c -> new ArrayList<>()).add(Said.of(words.next(), picture));
                        done.accept(++answers);
                    }
                }
            }
        }
        problems.addAll(0, pictures.problems()); // those of scenes are found while they are composed
        if (said.isEmpty()) {
            throw new IOException("expected pictures that can be used, got none of " + pictures.size() + ": "
                    + String.join("; ", Problem.counted(problems)));
        }
        List<Point> points = new ArrayList<>();
        said.forEach((count, all) -> points.add(new Point(count, all)));
        return new FewShotCurve(points, problems);
    }
}

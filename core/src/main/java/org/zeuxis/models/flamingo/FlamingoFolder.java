package org.zeuxis.models.flamingo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.image.Image;
import org.zeuxis.image.Video;
import org.zeuxis.models.ImageToText;
import org.zeuxis.models.TextRequest;
import org.zeuxis.models.clip.preprocessing.ClipPreprocessing;
import org.zeuxis.models.lm.BeamSearch;
import org.zeuxis.models.lm.Choice;
import org.zeuxis.models.lm.Generation;
import org.zeuxis.models.lm.Reading;
import org.zeuxis.models.lm.Telling;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.language.LanguageTokenizer;

/**
 * A Flamingo with its tokenizer and preprocessing, as the world publishes them: says what pictures show.
 *
 * @param dialect how it is asked
 * @param preprocessing what a picture goes through before the vision encoder
 */
public record FlamingoFolder(
        String name, Flamingo model, Dialect dialect, LanguageTokenizer tokenizer, ClipPreprocessing preprocessing)
        implements ImageToText {

    /** @throws IllegalArgumentException unless the tokenizer is this very model's, by whose marks pictures are shown */
    public FlamingoFolder {
        int known = model.language().vocabulary();
        boolean marked = tokenizer.id(Prompt.MARK) >= 0;
        if (!marked || tokenizer.size() > known) {
            throw new IllegalArgumentException("expected a tokenizer with " + Prompt.MARK + " and at most the " + known
                    + " tokens that the model has, got " + tokenizer.size() + (marked ? "" : " without it")
                    + "; take the tokenizer of this very model");
        }
    }

    /**
     * An answer that was offered.
     *
     * @param score the mean logarithm of the probability of its tokens
     */
    public record Ranked(String answer, double score) {}

    /**
     * Opens a folder of IDEFICS, or one of OpenFlamingo with {@code open_flamingo.json}.
     *
     * @throws IOException if it holds another model, or not all of it, in one line
     */
    public static FlamingoFolder load(Path path, DType type) throws IOException {
        return ModelFolder.opened(path, () -> {
            ModelFolder folder = ModelFolder.open(path);
            return folder.has(OpenFlamingoLayout.CONFIG)
                    ? OpenFlamingoLayout.load(folder, type)
                    : IdeficsLayout.load(folder, type);
        });
    }

    /**
     * Where the one lies that ships with Zeuxis, trained on pictograms; unpacked, if it is in a jar.
     *
     * @throws IOException if {@code zeuxis-pictograms-flamingo} is not on the class path
     */
    public static Path pictogramsFolder() throws IOException {
        return ModelFolder.onClassPath(FlamingoFolder.class, "/org/zeuxis/pictograms/flamingo")
                .path();
    }

    /**
     * Writes a folder that {@link #load} opens: what was trained, beside copies of what it was trained over.
     *
     * @param clip the folder of its CLIP
     * @param language the folder of its language model
     * @param every of how many blocks one has a gated layer
     * @param imageSize height and columns of the pictures it looks at
     */
    public static void saveOver(Flamingo model, Path clip, Path language, int every, int imageSize, Path into)
            throws IOException {
        OpenFlamingoLayout.save(model, clip, language, every, imageSize, into);
    }

    /** How many frames of a video it is shown at most: as many as it was trained to tell apart, else 8. */
    public int frames() {
        return model.frames() > 0 ? model.frames() : PerceiverResampler.Config.PAPER.frames();
    }

    /**
     * Pictures and videos as this model is shown them, for {@link Dialect#asking(Prompt, String)}: a video at one mark where frames have
     * embeddings; else, as OpenFlamingo and IDEFICS have it, each frame as a picture at a mark of its own, of which words look at the last.
     */
    public Prompt shown(List<Video> videos) {
        if (model.frames() > 0) {
            return Prompt.showing(videos.stream().map(Video::frames).toList());
        }
        return Prompt.showing(videos.stream()
                .flatMap(video -> video.frames().stream())
                .map(List::of)
                .toList());
    }

    @Override
    public String answer(TextRequest request, Consumer<String> words) {
        return write(
                dialect.asking(request.images(), request.question()),
                request.tokens(),
                List.of(),
                Choice.GREEDY,
                words);
    }

    /**
     * What was written after a prompt.
     *
     * @param read how many tokens the prompt has
     * @param tokens how many were written
     * @param whole whether the text came to an end, before there was no room for more
     */
    public record Written(String text, int read, int tokens, boolean whole) {}

    /**
     * Writes on after a prompt.
     *
     * @param tokens how many at most
     * @param stops texts before which the writing ends
     * @param words told each piece as it is written
     * @return all of it
     */
    public String write(Prompt prompt, int tokens, List<String> stops, Choice choice, Consumer<String> words) {
        return written(prompt, tokens, stops, choice, words).text();
    }

    /** The same, with how many tokens it took. */
    public Written written(Prompt prompt, int tokens, List<String> stops, Choice choice, Consumer<String> words) {
        int[] ids = ids(prompt);
        return written(ids, tokens, stops, choice, words, () -> model.reading(seen(prompt), most(ids, tokens)));
    }

    /**
     * What the language model alone would write, which is told where pictures are but not shown any: what questions give away.
     *
     * @param tokens how many at most
     */
    public String unseen(Prompt prompt, int tokens) {
        int[] ids = ids(prompt);
        Supplier<Reading> alone = () -> model.language().reading(most(ids, tokens));
        return written(ids, tokens, List.of(), Choice.GREEDY, word -> {}, alone).text();
    }

    private Written written(
            int[] ids, int tokens, List<String> stops, Choice choice, Consumer<String> words, Supplier<Reading> begun) {
        if (tokens < 1) throw new IllegalArgumentException("expected room for at least 1 token, got " + tokens);
        List<String> all = new ArrayList<>(stops);
        all.addAll(dialect.stops());
        Telling telling = new Telling(tokenizer, all, words);
        boolean[] ended = {false};
        int[] said;
        try (Gradients off = Gradients.off();
                Scope scope = new Scope();
                Reading reading = begun.get()) {
            said = Generation.write(reading, ids, tokens, end(), choice, token -> {
                if (Thread.interrupted()) throw new CancellationException("stopped while writing");
                ended[0] = token == end() || !telling.test(token);
                return token == end() || !ended[0];
            });
        }
        return new Written(telling.end().strip(), ids.length, said.length, ended[0]);
    }

    /** The likeliest text that beams find. */
    public String write(Prompt prompt, int tokens, BeamSearch search) {
        int[] ids = ids(prompt);
        try (Gradients off = Gradients.off();
                Scope scope = new Scope();
                Reading reading = model.reading(seen(prompt), most(ids, tokens))) {
            return tokenizer.decode(search.write(reading, ids, tokens, end())).strip();
        }
    }

    /**
     * Which of some answers are likely, as OpenFlamingo judges classes.
     *
     * @return the likeliest first
     * @throws IllegalArgumentException if there are none, or one is empty
     */
    public List<Ranked> rank(Prompt prompt, List<String> answers) {
        if (answers.isEmpty())
            throw new IllegalArgumentException("expected at least 1 answer to choose from, got none");
        List<int[]> tokens = answers.stream().map(tokenizer::tokens).toList();
        int longest = tokens.stream().mapToInt(t -> t.length).max().orElse(0);
        if (tokens.stream().anyMatch(t -> t.length == 0)) {
            throw new IllegalArgumentException("expected answers of at least one token, got an empty one");
        }
        int[] ids = ids(prompt);
        List<Ranked> all = new ArrayList<>();
        try (Gradients off = Gradients.off();
                Scope scope = new Scope();
                Reading reading = model.reading(seen(prompt), ids.length + longest)) {
            Tensor first = reading.next(row(ids)).to(DType.FLOAT32).logSoftmax(-1);
            for (int i = 0; i < answers.size(); i++) {
                try (Scope one = new Scope()) {
                    all.add(new Ranked(answers.get(i), score(reading, first, tokens.get(i))));
                }
                reading.forgetAfter(ids.length);
            }
        }
        all.sort(Comparator.comparingDouble(Ranked::score).reversed());
        return List.copyOf(all);
    }

    /** @param first logarithms of the probabilities of the first token, [1, vocabulary] */
    private static double score(Reading reading, Tensor first, int[] answer) {
        double sum = first.select(1, answer[0]).item();
        if (answer.length > 1) {
            Tensor rest = reading.each(row(Arrays.copyOf(answer, answer.length - 1)))
                    .to(DType.FLOAT32)
                    .logSoftmax(-1)
                    .squeeze(0);
            Tensor next = row(Arrays.copyOfRange(answer, 1, answer.length)).transpose(0, 1);
            sum += rest.gather(1, next).sum().item();
        }
        return sum / answer.length;
    }

    /** How many tokens there may be in all, the answer included. */
    int context() {
        return model.language().family().context();
    }

    /** How many tokens a prompt has. */
    int length(Prompt prompt) {
        return spelled(prompt).length;
    }

    private int[] spelled(Prompt prompt) {
        int[] text = tokenizer.tokens(dialect.written(prompt.text()));
        return IntStream.concat(Arrays.stream(tokenizer.start()), Arrays.stream(text))
                .toArray();
    }

    private int[] ids(Prompt prompt) {
        int[] ids = spelled(prompt);
        int context = context();
        if (ids.length < context) return ids;
        throw new IllegalArgumentException("expected a prompt of fewer than " + context + " tokens, got " + ids.length
                + "; ask more briefly, or show fewer examples");
    }

    /** How many tokens a text has that goes on by so many at most; the model's context is a limit besides. */
    private static int most(int[] ids, int tokens) {
        return (int) Math.min((long) ids.length + tokens, Integer.MAX_VALUE);
    }

    /** Visual tokens, [media, latents, mediaWidth]; one after the other, as videos may differ in length. */
    private Tensor seen(Prompt prompt) {
        if (prompt.media().isEmpty()) {
            throw new IllegalArgumentException(
                    "expected at least 1 picture to speak of, got none; show one by " + Prompt.MARK);
        }
        model.expectOpen();
        List<Tensor> all = new ArrayList<>();
        for (List<Image> frames : prompt.media()) {
            try (Scope one = new Scope()) {
                all.add(one.keep(model.see(preprocessing.apply(frames).unsqueeze(0))));
            }
        }
        return Tensor.cat(0, all);
    }

    private int end() {
        return dialect.end().isEmpty() ? tokenizer.endId() : tokenizer.id(dialect.end());
    }

    private static Tensor row(int[] tokens) {
        return Tensor.of(Arrays.stream(tokens).asLongStream().toArray(), 1, tokens.length);
    }

    @Override
    public void close() {
        model.close();
    }
}

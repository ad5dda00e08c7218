package org.zeuxis.models.flamingo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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
import org.zeuxis.models.lm.Insertion;
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
    /** How many pictures are looked at together. */
    private static final int AT_ONCE = 8;

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
     * @param learned of its parameters those that were trained
     * @param clip the folder of its CLIP
     * @param language the folder of its language model
     * @param every of how many blocks one has a gated layer
     * @param imageSize height and columns of the pictures it looks at
     */
    public static void saveOver(
            Flamingo model, Map<String, Tensor> learned, Path clip, Path language, int every, int imageSize, Path into)
            throws IOException {
        OpenFlamingoLayout.save(model, learned, clip, language, every, imageSize, into);
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
        return written(List.of(order(request, words))).get(0).text();
    }

    @Override
    public List<String> answers(List<TextRequest> requests) {
        return texts(
                written(requests.stream().map(each -> order(each, word -> {})).toList()));
    }

    private Order order(TextRequest request, Consumer<String> words) {
        Prompt asking = dialect.asking(request.images(), request.question());
        return new Order(asking, request.tokens(), List.of(), Choice.GREEDY, words);
    }

    /**
     * What is to be written after a prompt.
     *
     * @param tokens how many at most
     * @param stops texts before which the writing ends
     * @param words told each piece as it is written
     */
    public record Order(Prompt prompt, int tokens, List<String> stops, Choice choice, Consumer<String> words) {
        /** @throws IllegalArgumentException if there is no room for a word */
        public Order {
            if (tokens < 1) throw new IllegalArgumentException("expected room for at least 1 token, got " + tokens);
            stops = List.copyOf(stops);
        }

        /** Always the likeliest, which nobody is told before the end. */
        public static Order likeliest(Prompt prompt, int tokens) {
            return new Order(prompt, tokens, List.of(), Choice.GREEDY, word -> {});
        }
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
        return written(List.of(new Order(prompt, tokens, stops, choice, words))).get(0);
    }

    /**
     * Writes on after several prompts at once: each as it would be alone, but for what the last digit of a score decides. All are in
     * memory together, each as long as the longest.
     *
     * @return what was written, in the order of the prompts
     * @throws CancellationException after the word in which the thread is interrupted
     */
    public List<Written> written(List<Order> orders) {
        return written(orders, () -> model.showing(seen(prompts(orders))));
    }

    /** The likeliest after each of several prompts. */
    public List<String> write(List<Prompt> prompts, int tokens) {
        return texts(written(likeliest(prompts, tokens)));
    }

    /**
     * What the language model alone would write, which is told where pictures are but not shown any: what questions give away.
     *
     * @param tokens how many at most
     */
    public List<String> unseen(List<Prompt> prompts, int tokens) {
        return texts(written(likeliest(prompts, tokens), () -> Insertion.NONE));
    }

    private List<Written> written(List<Order> orders, Supplier<Insertion> shown) {
        if (orders.isEmpty()) return List.of();
        List<int[]> ids = ids(prompts(orders));
        List<Telling> told = orders.stream().map(this::telling).toList();
        List<Generation.Text> texts = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            Order order = orders.get(i);
            texts.add(new Generation.Text(ids.get(i), order.tokens, order.choice, told.get(i)));
        }
        int most = orders.stream().mapToInt(Order::tokens).max().orElseThrow();
        List<Written> all = new ArrayList<>();
        try (Gradients off = Gradients.off();
                Scope scope = new Scope();
                Reading reading = reading(ids, most, shown.get())) {
            List<int[]> said = Generation.write(reading, texts, end());
            for (int i = 0; i < said.size(); i++) {
                Telling its = told.get(i);
                all.add(new Written(its.end().strip(), ids.get(i).length, said.get(i).length, its.whole()));
            }
        }
        return all;
    }

    private Telling telling(Order order) {
        List<String> stops = new ArrayList<>(order.stops);
        stops.addAll(dialect.stops());
        return new Telling(tokenizer, stops, end(), order.words);
    }

    /** The likeliest text that beams find. */
    public String write(Prompt prompt, int tokens, BeamSearch search) {
        return write(List.of(prompt), tokens, search).get(0);
    }

    /** The same after several prompts at once, each searched as if it were alone. */
    public List<String> write(List<Prompt> prompts, int tokens, BeamSearch search) {
        if (prompts.isEmpty()) return List.of();
        List<int[]> ids = ids(prompts);
        try (Gradients off = Gradients.off();
                Scope scope = new Scope();
                Reading reading = reading(ids, tokens, model.showing(seen(prompts)))) {
            return search.write(reading, ids, tokens, end()).stream()
                    .map(said -> tokenizer.decode(said).strip())
                    .toList();
        }
    }

    /** Begins to read prompts that go on by so many tokens at most; the model's context is a limit besides. */
    private Reading reading(List<int[]> ids, int tokens, Insertion shown) {
        int[] lengths = ids.stream().mapToInt(one -> one.length).toArray();
        long most = (long) Arrays.stream(lengths).max().orElse(0) + tokens;
        return model.language().reading(lengths, (int) Math.min(most, Integer.MAX_VALUE), shown);
    }

    private static List<Prompt> prompts(List<Order> orders) {
        return orders.stream().map(Order::prompt).toList();
    }

    private static List<Order> likeliest(List<Prompt> prompts, int tokens) {
        return prompts.stream().map(prompt -> Order.likeliest(prompt, tokens)).toList();
    }

    private static List<String> texts(List<Written> all) {
        return all.stream().map(Written::text).toList();
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
                Reading reading = model.reading(seen(List.of(prompt)).get(0), ids.length + longest)) {
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

    private List<int[]> ids(List<Prompt> prompts) {
        return prompts.stream().map(this::ids).toList();
    }

    private int[] ids(Prompt prompt) {
        int[] ids = spelled(prompt);
        int context = context();
        if (ids.length < context) return ids;
        throw new IllegalArgumentException("expected a prompt of fewer than " + context + " tokens, got " + ids.length
                + "; ask more briefly, or show fewer examples");
    }

    /** Visual tokens of the media of each, [media, latents, mediaWidth]. */
    private List<Tensor> seen(List<Prompt> prompts) {
        if (prompts.stream().anyMatch(prompt -> prompt.media().isEmpty())) {
            throw new IllegalArgumentException(
                    "expected at least 1 picture to speak of, got none; show one by " + Prompt.MARK);
        }
        model.expectOpen();
        List<Tensor> all = looked(
                prompts.stream().flatMap(prompt -> prompt.media().stream()).toList());
        List<Tensor> each = new ArrayList<>();
        int from = 0;
        for (Prompt prompt : prompts) {
            int to = from + prompt.media().size();
            each.add(Tensor.stack(0, all.subList(from, to)));
            from = to;
        }
        return each;
    }

    /** Visual tokens of each, [latents, mediaWidth]; some at a time, as far as they have as many frames. */
    private List<Tensor> looked(List<List<Image>> media) {
        List<Tensor> all = new ArrayList<>();
        int to;
        for (int from = 0; from < media.size(); from = to) {
            int frames = media.get(from).size();
            to = from;
            while (to < media.size() && media.get(to).size() == frames && (to - from) * frames < AT_ONCE) to++;
            try (Scope some = new Scope()) {
                List<Tensor> pixels = media.subList(from, to).stream()
                        .map(preprocessing::apply)
                        .toList();
                Tensor seen = model.see(Tensor.stack(0, pixels));
                for (int i = 0; i < to - from; i++) all.add(some.keep(seen.select(0, i)));
            }
        }
        return all;
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

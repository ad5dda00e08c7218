package org.zeuxis.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.models.lm.Choice;
import org.zeuxis.models.lm.Decoder;
import org.zeuxis.models.lm.Generation;
import org.zeuxis.models.lm.LanguageModelFolder;
import org.zeuxis.models.lm.Reading;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * Seconds for a prompt and tokens a second after it, greedily, by a language model or an IDEFICS in a folder that
 * {@code bench/peers/writing_folder.py} wrote; {@code bench/peers/writing.py} is the peer. An IDEFICS has looked at its picture before the
 * clock starts.
 *
 * <pre>{@code
 * java -cp bench/target/zeuxis-bench-0.1.0-SNAPSHOT.jar org.zeuxis.bench.Writing FOLDER BFLOAT16 256 64 3
 * }</pre>
 */
public final class Writing {
    private static final int STRIDE = 7919; // between the tokens of the prompt, as the peer has it

    private Writing() {}

    /** What the time went into, in seconds: the prompt, and each token after the first. */
    private record Timed(double prompt, double token, int[] written) {

        static Timed of(IntFunction<Reading> reading, int[] prompt, int tokens) {
            List<Long> ends = new ArrayList<>();
            try (Scope scope = new Scope();
                    Reading begun = reading.apply(prompt.length + tokens)) {
                long begin = System.nanoTime();
                int[] written = Generation.write(
                        begun, prompt, tokens, -1, Choice.GREEDY, token -> ends.add(System.nanoTime()));
                long first = ends.get(0);
                double rest = ends.get(tokens - 1) - (double) first;
                return new Timed((first - begin) / 1e9, rest / 1e9 / (tokens - 1), written);
            }
        }
    }

    private static int[] prompt(int vocabulary, int tokens) {
        int[] ids = new int[tokens];
        for (int i = 0; i < tokens; i++) ids[i] = (int) ((long) i * STRIDE % vocabulary);
        return ids;
    }

    /** @param args the folder, the type to compute in, tokens of the prompt, tokens to write (at least 2), and how many times */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        DType type = DType.valueOf(args.length > 1 ? args[1] : "BFLOAT16");
        int prompt = args.length > 2 ? Integer.parseInt(args[2]) : 256;
        int tokens = args.length > 3 ? Integer.parseInt(args[3]) : 64;
        int times = args.length > 4 ? Integer.parseInt(args[4]) : 3;
        try (Gradients off = Gradients.off();
                Scope all = new Scope()) {
            if (Files.exists(folder.resolve("preprocessor_config.json"))) {
                FlamingoFolder model = FlamingoFolder.load(folder, type);
                int mark = model.tokenizer().id(Prompt.MARK);
                int[] ids = prompt(mark - 1, prompt); // the marks come after the words
                ids[0] = mark;
                int size = model.preprocessing().size();
                Tensor seen =
                        model.model().see(Tensor.full(0.5, 1, 1, 3, size, size).to(type.computed()));
                time("idefics", type, most -> model.model().reading(seen, most), ids, tokens, times);
            } else {
                Decoder model = LanguageModelFolder.load(folder, type);
                String name = model.family().getClass().getSimpleName().toLowerCase(Locale.ROOT);
                time(name, type, model::reading, prompt(model.vocabulary(), prompt), tokens, times);
            }
        }
    }

    private static void time(String name, DType type, IntFunction<Reading> reading, int[] ids, int tokens, int times)
            throws IOException {
        List<Double> prompts = new ArrayList<>();
        List<Double> each = new ArrayList<>();
        int[] written = {};
        for (int i = 0; i <= times; i++) {
            Timed timed = Timed.of(reading, ids, tokens);
            written = timed.written;
            if (i == 0) continue; // the first one warms up
            prompts.add(timed.prompt);
            each.add(timed.token);
        }
        prompts.sort(null);
        each.sort(null);
        System.out.printf(
                Locale.ROOT,
                "{\"benchmark\": \"writing\", \"model\": \"%s\", \"type\": \"%s\", \"prompt\": %d, \"prompt_seconds\": %.4f,"
                        + " \"tokens_per_second\": %.1f, \"best\": %.1f, \"written\": %s, \"peak_mib\": %d}%n",
                name,
                type,
                ids.length,
                prompts.get(times / 2),
                1 / each.get(times / 2),
                1 / each.get(0),
                Arrays.toString(Arrays.copyOf(written, Math.min(5, written.length))),
                PeakMemory.bytes() >> 20);
    }
}

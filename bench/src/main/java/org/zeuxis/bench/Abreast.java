package org.zeuxis.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.models.lm.Choice;
import org.zeuxis.models.lm.Decoder;
import org.zeuxis.models.lm.Generation;
import org.zeuxis.models.lm.LanguageModelFolder;
import org.zeuxis.tensor.DType;

/**
 * Several texts written at once beside one after the other, greedily, in turn: after prompts of 16 to 64 tokens by a language model in a
 * folder, or about pictures of noise by a Flamingo that is named.
 *
 * <pre>{@code
 * java -cp bench/target/zeuxis-bench-0.1.0-SNAPSHOT.jar org.zeuxis.bench.Abreast flamingo BFLOAT16 8 16 5
 * }</pre>
 */
public final class Abreast {
    private static final int SIDE = 128;

    private Abreast() {}

    /** @param args the model, the type to compute in, how many texts, tokens of each, and how many times */
    public static void main(String[] args) throws IOException {
        DType type = DType.valueOf(args[1]);
        int texts = Integer.parseInt(args[2]);
        int tokens = Integer.parseInt(args[3]);
        int times = Integer.parseInt(args[4]);
        String name = args[0] + " " + type + ", " + texts + " texts of " + tokens + " tokens";
        if (Files.exists(Path.of(args[0], "config.json"))) {
            try (Decoder model = LanguageModelFolder.load(Path.of(args[0]), type)) {
                List<Generation.Text> all = texts(model.vocabulary(), texts, tokens);
                List<Supplier<List<?>>> alone = new ArrayList<>();
                for (Generation.Text one : all) alone.add(() -> ids(Generation.write(model, List.of(one), -1)));
                time(name, alone, () -> ids(Generation.write(model, all, -1)), times);
            }
        } else {
            try (FlamingoFolder model = Models.standard().open(args[0], FlamingoFolder.class, type)) {
                List<Prompt> all = prompts(model, texts);
                List<Supplier<List<?>>> alone = new ArrayList<>();
                for (Prompt one : all) alone.add(() -> model.write(List.of(one), tokens));
                time(name, alone, () -> model.write(all, tokens), times);
            }
        }
    }

    private static List<List<Integer>> ids(List<int[]> all) {
        return all.stream().map(ids -> Arrays.stream(ids).boxed().toList()).toList();
    }

    private static List<Generation.Text> texts(int vocabulary, int count, int tokens) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    Random random = new Random(i);
                    int[] prompt =
                            random.ints(16 + random.nextInt(49), 3, vocabulary).toArray();
                    return new Generation.Text(prompt, tokens, Choice.GREEDY, token -> true);
                })
                .toList();
    }

    private static List<Prompt> prompts(FlamingoFolder model, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    byte[] samples = new byte[3 * SIDE * SIDE];
                    new Random(i).nextBytes(samples);
                    return model.dialect().asking(List.of(new Image(SIDE, SIDE, 3, samples)), "what colour is it?");
                })
                .toList();
    }

    private static void time(String name, List<Supplier<List<?>>> alone, Supplier<List<?>> together, int times) {
        List<Double> one = new ArrayList<>();
        List<Double> all = new ArrayList<>();
        List<Double> faster = new ArrayList<>();
        int same = 0;
        for (int i = 0; i <= times; i++) {
            long begin = System.nanoTime();
            List<Object> apart = new ArrayList<>();
            for (Supplier<List<?>> each : alone) apart.addAll(each.get());
            long middle = System.nanoTime();
            List<?> said = together.get();
            long end = System.nanoTime();
            same = (int) IntStream.range(0, apart.size())
                    .filter(text -> apart.get(text).equals(said.get(text)))
                    .count();
            if (i == 0) continue; // the first one warms up
            one.add((middle - begin) / 1e9);
            all.add((end - middle) / 1e9);
            faster.add((double) (middle - begin) / (end - middle));
        }
        one.sort(null);
        all.sort(null);
        faster.sort(null);
        System.out.printf(
                Locale.ROOT,
                "%s: one after the other %.3f s, at once %.3f s, %.2f times as fast (%.2f to %.2f); %d of %d texts alike%n",
                name,
                one.get(times / 2),
                all.get(times / 2),
                faster.get(times / 2),
                faster.get(0),
                faster.get(times - 1),
                same,
                alone.size());
    }
}

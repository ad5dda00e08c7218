package org.zeuxis.models.latentdiffusion.prompt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.prompt.Emphasis.Stretch;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.Tokenizer;

/**
 * Reads prompts of any length: in chunks of as many tokens as the text encoder has places for, each between a begin and an end of its
 * own, whose states follow one another.
 */
public record PromptReader(Tokenizer tokenizer, ClipTextModel text) {

    /** The tokens of a prompt and how much each counts. */
    private record Weighed(int[] ids, float[] weights) {
        int chunks(int length) {
            return Math.max(1, (ids.length + length - 1) / length);
        }
    }

    /**
     * What the U-Net listens to.
     *
     * @param prompts all are filled up to the chunks of the longest one
     * @param skipped how many of the last layers are left out
     * @return [prompts, chunks * context, width]
     * @throws IllegalArgumentException if the text encoder has not so many layers, or a prompt asks for more than weights
     */
    public Tensor states(List<String> prompts, int skipped) {
        int layers = text.config().layers();
        if (skipped >= layers) {
            throw new IllegalArgumentException("expected a CLIP skip below " + layers
                    + ", as the text encoder has that many layers, got " + skipped + "; 1 is usual");
        }
        int context = tokenizer.contextLength();
        int length = Math.max(1, context - 2);
        List<Weighed> read = prompts.stream().map(this::weighed).toList();
        int chunks = read.stream().mapToInt(each -> each.chunks(length)).max().orElse(1);
        int rows = prompts.size() * chunks;
        long[] ids = new long[Math.multiplyExact(rows, context)];
        float[] weights = new float[ids.length];
        Arrays.fill(weights, 1);
        long start = tokenizer.encode("").row(0)[0];
        Arrays.fill(ids, tokenizer.padId());
        for (int row = 0; row < rows; row++) {
            Weighed each = read.get(row / chunks);
            int from = Math.min(row % chunks * length, each.ids.length);
            int count = Math.min(length, each.ids.length - from);
            int at = row * context;
            ids[at] = start;
            for (int i = 0; i < count; i++) ids[at + 1 + i] = each.ids[from + i];
            System.arraycopy(each.weights, from, weights, at + 1, count);
            ids[at + 1 + count] = tokenizer.endId();
        }
        Tensor states = text.states(Tensor.of(ids, rows, context), skipped);
        boolean weighs = read.stream().anyMatch(each -> !allOne(each.weights));
        Tensor emphasized = weighs ? emphasized(states, Tensor.of(weights, rows, context, 1)) : states;
        return chunks == 1 ? emphasized : emphasized.reshape(prompts.size(), (long) chunks * context, -1);
    }

    private Weighed weighed(String prompt) {
        List<int[]> ids = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        for (Stretch stretch : Emphasis.read(prompt)) {
            ids.add(tokenizer.tokens(tokenizer.expanded(stretch.text())));
            weights.add(stretch.weight());
        }
        int[] all = ids.stream().flatMapToInt(Arrays::stream).toArray();
        float[] each = new float[all.length];
        int at = 0;
        for (int i = 0; i < ids.size(); i++) {
            int to = at + ids.get(i).length;
            Arrays.fill(each, at, to, weights.get(i).floatValue());
            at = to;
        }
        return new Weighed(all, each);
    }

    private static boolean allOne(float[] weights) {
        for (float weight : weights) if (weight != 1) return false;
        return true;
    }

    /**
     * States times weights, and each chunk then brought back to the mean that it had.
     *
     * @param states [chunks, context, width]
     * @param weights [chunks, context, 1]
     */
    private static Tensor emphasized(Tensor states, Tensor weights) {
        Tensor x = states.to(DType.FLOAT32);
        Tensor y = x.times(weights);
        return y.times(mean(x).over(mean(y))).to(states.dtype());
    }

    /** Of each chunk, [chunks, 1, 1]. */
    private static Tensor mean(Tensor x) {
        return x.mean(2).mean(1);
    }
}

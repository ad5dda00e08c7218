package org.zeuxis.models.latentdiffusion.adapter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.checkpoint.format.WeightsFile;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.Words;

/**
 * A word that was learned.
 *
 * @param word of diffusers' files its own, of the web UIs' the file's name, as it is there
 * @param vectors [count, width]
 * @see <a href="https://arxiv.org/abs/2208.01618">An Image is Worth One Word</a>, section 3
 */
record Inversion(Path file, String word, Tensor vectors) {
    private static final String ORIGINAL = "string_to_param.";
    private static final int MOST_VECTORS = 1000;
    private static final Set<String> OF_WEB_UIS = Set.of("emb_params", "clip_l");

    /** @throws IOException if the file is something else, in one line */
    static Inversion read(Path file) throws IOException {
        try (Weights weights = WeightsFile.of(file)) {
            String name = String.valueOf(file.getFileName());
            int dot = name.lastIndexOf('.');
            String stem = dot > 0 ? name.substring(0, dot) : name;
            List<String> original =
                    weights.names().stream().filter(k -> k.startsWith(ORIGINAL)).toList();
            if (original.size() == 1) return of(file, stem, weights, original.get(0));
            if (weights.names().contains("clip_g")) {
                throw new IOException(
                        file + ": expected the vectors of one text encoder, got those of two, of Stable Diffusion XL;"
                                + " choose one of this model");
            }
            if (weights.names().size() != 1) {
                throw new IOException(file + ": expected the vectors of a word (textual inversion), got "
                        + weights.names().size() + " tensors; choose another file");
            }
            String only = weights.names().iterator().next();
            return of(file, OF_WEB_UIS.contains(only) ? stem : only, weights, only);
        }
    }

    private static Inversion of(Path file, String word, Weights weights, String key) throws IOException {
        long[] shape = weights.shape(key);
        boolean some = Arrays.stream(shape).allMatch(n -> n > 0);
        if (shape.length < 1 || shape.length > 2 || !some || !weights.dtype(key).isFloat()) {
            throw new IOException(file + ": expected the vectors of a word (textual inversion), got " + Words.clean(key)
                    + " " + Arrays.toString(shape) + "; choose another file");
        }
        if (shape.length == 2 && shape[0] > MOST_VECTORS) {
            throw new IOException(file + ": expected at most " + MOST_VECTORS + " vectors of a word, far more than a"
                    + " prompt has room for, got " + shape[0] + "; choose another file");
        }
        if (word.isBlank() || word.chars().anyMatch(c -> "()[]:".indexOf(c) >= 0)) {
            throw new IOException(
                    file + ": expected a word without brackets and colons, which say how much words count, got '"
                            + Words.clean(word) + "'; name the file otherwise");
        }
        Tensor stored = weights.tensor(key).to(DType.FLOAT32);
        return new Inversion(
                file, word, stored.reshape(shape.length == 1 ? 1 : shape[0], -1).copy());
    }
}

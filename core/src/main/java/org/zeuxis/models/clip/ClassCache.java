package org.zeuxis.models.clip;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.zeuxis.checkpoint.Digest;
import org.zeuxis.checkpoint.TensorCache;
import org.zeuxis.machine.CacheFolder;
import org.zeuxis.tensor.Tensor;

/**
 * Class embeddings kept between runs: a long list of labels in many templates is read by the text tower once. They are
 * known by the tower's own weights and the tokens of the sentences, so that they can never be those of another model.
 *
 * @param worth the least sentences that are kept
 */
public record ClassCache(TensorCache cache, int worth) {
    /** Keeps nothing. */
    public static final ClassCache NONE = new ClassCache(new TensorCache(Path.of("")), Integer.MAX_VALUE);

    /** The user's. */
    public static ClassCache standard() {
        return new ClassCache(new TensorCache(CacheFolder.path().resolve("classes")), 256);
    }

    /** What {@code embed} gives, or gave to an earlier run. */
    Tensor classes(ClipFolder model, List<String> sentences, int labels, Supplier<Tensor> embed) {
        return sentences.size() < worth ? embed.get() : cache.get(key(model, sentences, labels), embed);
    }

    private static String key(ClipFolder model, List<String> sentences, int labels) {
        Digest digest =
                Digest.sha256().with(labels + " " + model.clip().config().text());
        digest.with(Arrays.toString(model.tokenizer().encode(sentences).ids()));
        model.clip().parameters().forEach((key, parameter) -> {
            if (key.startsWith("text")) digest.with(key).with(parameter);
        });
        return digest.hex();
    }
}

package org.zeuxis.models.t5;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.models.TextEncoder;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.TokenBatch;
import org.zeuxis.text.sentencepiece.UnigramTokenizer;

/**
 * A T5 encoder with its tokenizer, as transformers keeps them.
 *
 * @param tokenizer whose context length is that of the system that listens
 * @param kept the type its weights are kept in
 */
public record T5Folder(T5Encoder encoder, UnigramTokenizer tokenizer, DType kept) implements TextEncoder {
    /** The other half of T5, and the table of tokens under its second and third name. */
    private static final String[] UNUSED = {"decoder.*", "lm_head.weight", "encoder.embed_tokens.weight"};

    /**
     * @param encoder a folder with {@code config.json} and weights, of {@code T5EncoderModel} or a whole T5
     * @param tokenizer a folder with {@code spiece.model} or {@code tokenizer.json}; often the same
     * @param contextLength ids per text: 256 in Imagen, 77 in DeepFloyd
     * @param type to compute in; {@code INT8} and {@code INT4} keep what layers multiply by in 8 or 4 bits and compute in what is {@linkplain
     *     DType#fastest fastest}
     * @throws IOException if either is missing or is of another kind
     */
    public static T5Folder load(Path encoder, Path tokenizer, int contextLength, DType type) throws IOException {
        return ModelFolder.opened(encoder, () -> {
            UnigramTokenizer words = UnigramTokenizer.read(tokenizer, contextLength);
            ModelFolder folder = ModelFolder.open(encoder);
            T5Encoder.Config config = T5Encoder.Config.from(folder.config());
            if (words.vocabularySize() > config.vocabulary()) {
                throw new IOException(encoder + ": expected a tokenizer of at most " + config.vocabulary()
                        + " tokens, got one of " + words.vocabularySize() + "; take the one it was trained with");
            }
            try (Weights weights = folder.weights()) {
                StateDict state = StateDict.of(weights).ignoring(UNUSED).kept(type);
                T5Encoder model = state.sized(() -> new T5Encoder(config));
                state.loadInto(model);
                return new T5Folder(model, words, type);
            }
        });
    }

    @Override
    public int width() {
        return encoder.config().width();
    }

    @Override
    public Encoded encode(List<String> texts) {
        encoder.expectOpen();
        TokenBatch tokens = tokenizer.encode(texts);
        Tensor ids = Tensor.of(tokens.ids(), tokens.batch(), tokens.tokens());
        Tensor words = Tensor.of(tokens.mask(), tokens.batch(), tokens.tokens()).to(DType.BOOL);
        return new Encoded(encoder.forward(ids, words), words);
    }

    @Override
    public void close() {
        encoder.close();
    }
}

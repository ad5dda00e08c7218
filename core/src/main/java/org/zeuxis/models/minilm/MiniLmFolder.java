package org.zeuxis.models.minilm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.Config;
import org.zeuxis.models.SavableTextEncoder;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.TokenBatch;
import org.zeuxis.text.wordpiece.WordPieceTokenizer;

/**
 * A sentence encoder with its tokenizer, as transformers and sentence-transformers keep them: BERT, whose states are averaged to an
 * embedding of the whole.
 *
 * @see <a href="https://arxiv.org/abs/2002.10957">MiniLM</a>
 * @see <a href="https://arxiv.org/abs/1908.10084">Sentence-BERT</a>, section 3
 */
public record MiniLmFolder(BertEncoder encoder, WordPieceTokenizer tokenizer) implements SavableTextEncoder {
    /** What BERT was trained with, a table of numbers in order, and what pools for that training. */
    private static final String[] UNUSED = {"pooler.*", "cls.*", "embeddings.position_ids", "embeddings.token_type_ids"
    };

    private static final String POOLING = "1_Pooling";

    /** @throws IllegalArgumentException if the tokenizer knows more tokens, or longer texts, than the encoder */
    public MiniLmFolder {
        BertEncoder.Config config = encoder.config();
        if (tokenizer.vocabularySize() > config.vocabulary()) {
            throw new IllegalArgumentException("expected a tokenizer of at most " + config.vocabulary()
                    + " tokens, got one of " + tokenizer.vocabularySize() + "; take the one it was trained with");
        }
        if (tokenizer.contextLength() > config.positions()) {
            throw new IllegalArgumentException("expected texts of at most " + config.positions() + " tokens, got "
                    + tokenizer.contextLength() + "; set model_max_length in tokenizer_config.json");
        }
    }

    /**
     * Opens a folder of a {@code BertModel} with {@code tokenizer.json} or {@code vocab.txt} beside it.
     *
     * @throws IOException if something is missing or is of another kind
     */
    public static MiniLmFolder load(Path folder, DType type) throws IOException {
        return load(folder, folder, type);
    }

    /** The same for a tokenizer that lies elsewhere. */
    public static MiniLmFolder load(Path encoder, Path tokenizer, DType type) throws IOException {
        return ModelFolder.opened(encoder, () -> {
            ModelFolder folder = ModelFolder.open(encoder);
            BertEncoder.Config config = BertEncoder.Config.from(folder.config());
            if (folder.has(POOLING)) expectMean(folder.component(POOLING).config());
            WordPieceTokenizer words = WordPieceTokenizer.read(tokenizer);
            try (Weights weights = folder.weights()) {
                StateDict state = StateDict.of(weights).ignoring(UNUSED).as(type);
                BertEncoder model = state.sized(() -> new BertEncoder(config));
                MiniLmFolder opened = new MiniLmFolder(model, words);
                state.loadInto(model);
                return opened;
            }
        });
    }

    private static void expectMean(Config c) {
        c.expect("pooling_mode_cls_token", false);
        c.expect("pooling_mode_mean_tokens", true);
        c.expect("pooling_mode_max_tokens", false);
        c.expect("pooling_mode_mean_sqrt_len_tokens", false);
        c.expect("pooling_mode_weightedmean_tokens", false);
        c.expect("pooling_mode_lasttoken", false);
        c.refuseUnread(Bookkeeping.NONE, "include_prompt", "word_embedding_dimension");
    }

    /** Writes two folders that {@code BertModel} and {@code BertTokenizer} open; they may be one. */
    @Override
    public void save(Path encoderFolder, Path tokenizerFolder) throws IOException {
        ModelFolder.save(
                encoderFolder, ModelFolder.Layout.TRANSFORMERS, encoder.config().write(), encoder.parameters());
        tokenizer.save(tokenizerFolder);
    }

    @Override
    public MiniLmFolder withContextLength(int tokens) {
        return new MiniLmFolder(encoder, tokenizer.withContextLength(tokens));
    }

    @Override
    public int width() {
        return encoder.config().width();
    }

    /** The states of padding are 0, however long the texts are. */
    @Override
    public Encoded encode(List<String> texts) {
        encoder.expectOpen();
        TokenBatch tokens = tokenizer.encode(texts).trimmed();
        Tensor ids = Tensor.of(tokens.ids(), tokens.batch(), tokens.tokens());
        Tensor words = Tensor.of(tokens.mask(), tokens.batch(), tokens.tokens()).to(DType.BOOL);
        Tensor read = encoder.forward(ids, words);
        Tensor states = read.times(words.unsqueeze(2).to(read.dtype()));
        long rest = tokenizer.contextLength() - tokens.tokens();
        if (rest == 0) return new Encoded(states, words);
        Tensor none = Tensor.zeros(tokens.batch(), rest, width()).to(read.dtype());
        Tensor padding = Tensor.zeros(tokens.batch(), rest).to(DType.BOOL);
        return new Encoded(Tensor.cat(1, states, none), Tensor.cat(1, words, padding));
    }

    /**
     * Each text as a whole: the mean of its tokens, of length 1.
     *
     * @return [batch, width]
     */
    public Tensor embed(List<String> texts) {
        Encoded encoded = encode(texts);
        // the mean has the direction of the sum
        return encoded.states().to(DType.FLOAT32).sum(1).squeeze(1).normalized(-1);
    }

    @Override
    public void close() {
        encoder.close();
    }
}

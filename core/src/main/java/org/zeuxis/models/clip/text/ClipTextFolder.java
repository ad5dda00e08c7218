package org.zeuxis.models.clip.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Rounding;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.models.SavableTextEncoder;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.ClipTokenizer;
import org.zeuxis.text.TokenBatch;

/**
 * A CLIP's text tower with its tokenizer, as transformers keeps them: the states of all tokens, padding included, as Stable Diffusion
 * reads them.
 *
 * @see <a href="https://arxiv.org/abs/2103.00020">CLIP</a>, section 2.4
 */
public record ClipTextFolder(ClipTextModel encoder, ClipTokenizer tokenizer) implements SavableTextEncoder {
    private static final String OLD_BUFFER = "embeddings.position_ids";
    /** transformers 5 leaves it out, every version before it writes it. */
    private static final String PREFIX = "text_model.";

    /** @throws IllegalArgumentException if the tokenizer knows more tokens, or longer texts, than the encoder */
    public ClipTextFolder {
        ClipTextModel.Config config = encoder.config();
        if (tokenizer.vocabularySize() > config.vocabulary()) {
            throw new IllegalArgumentException("expected a tokenizer of at most " + config.vocabulary()
                    + " tokens, got one of " + tokenizer.vocabularySize() + "; take the one it was trained with");
        }
        if (tokenizer.contextLength() > config.context()) {
            throw new IllegalArgumentException("expected a context of at most " + config.context()
                    + " tokens, as many as this CLIP reads, got " + tokenizer.contextLength());
        }
    }

    /**
     * Opens a whole CLIP as {@link ClipFolder#load} does, of which the text tower is kept.
     *
     * @throws IOException if it is none, or lacks something, in one line
     */
    public static ClipTextFolder ofWhole(Path clip, DType type) throws IOException {
        ClipFolder whole = ClipFolder.load(clip, type);
        whole.clip().vision().close();
        return new ClipTextFolder(whole.clip().text(), whole.tokenizer());
    }

    /**
     * Opens a folder of a {@code CLIPTextModel} and that of its tokenizer.
     *
     * @throws IOException if something is missing or is of another kind
     */
    public static ClipTextFolder load(Path encoder, Path tokenizer, DType type) throws IOException {
        return ModelFolder.opened(encoder, () -> {
            ModelFolder folder = ModelFolder.open(encoder);
            ClipTextModel.Config config = ClipTextModel.Config.from(folder.config());
            ClipTokenizer words = ClipTokenizer.read(tokenizer);
            try (Weights weights = folder.weights()) {
                StateDict state = tower(weights).ignoring(OLD_BUFFER).as(type);
                ClipTextModel model = state.sized(() -> new ClipTextModel(config));
                ClipTextFolder opened = new ClipTextFolder(model, words);
                state.loadInto(model);
                return opened;
            }
        });
    }

    /** The weights of a {@code CLIPTextModel} by the keys of {@link ClipTextModel}. */
    public static StateDict tower(Weights weights) {
        boolean prefixed = weights.names().stream().anyMatch(name -> name.startsWith(PREFIX));
        return StateDict.of(weights).under(prefixed ? PREFIX : "");
    }

    /** Two folders that {@code CLIPTextModel} and {@code CLIPTokenizer} open. */
    @Override
    public void save(Path encoderFolder, Path tokenizerFolder) throws IOException {
        save(encoder.config(), encoder.parameters(), tokenizer, encoderFolder, tokenizerFolder, Rounding.NONE);
    }

    /**
     * Writes the same two of what lies on the disk.
     *
     * @param tower by the keys of {@link ClipTextModel}
     */
    public static void save(
            ClipTextModel.Config config,
            Map<String, Tensor> tower,
            ClipTokenizer tokenizer,
            Path encoderFolder,
            Path tokenizerFolder,
            Rounding rounding)
            throws IOException {
        tokenizer.write(tokenizerFolder);
        Map<String, Tensor> prefixed = new LinkedHashMap<>();
        tower.forEach((key, value) -> prefixed.put(PREFIX + key, value));
        ModelFolder.save(
                encoderFolder,
                ModelFolder.Layout.TRANSFORMERS,
                config.write(tokenizer.startId(), tokenizer.padId()),
                prefixed,
                rounding);
    }

    @Override
    public ClipTextFolder withContextLength(int tokens) {
        return new ClipTextFolder(encoder, tokenizer.withContextLength(tokens));
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
        return new Encoded(encoder.forward(ids), words);
    }

    @Override
    public void close() {
        encoder.close();
    }
}

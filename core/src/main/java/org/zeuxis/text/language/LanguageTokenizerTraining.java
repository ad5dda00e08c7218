package org.zeuxis.text.language;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.zeuxis.file.AtomicFile;
import org.zeuxis.text.ByteAlphabet;
import org.zeuxis.text.BytePairTraining;

/**
 * Learns the tokenizer of a language model from a corpus: byte pairs over bytes, words parted as in GPT-2, and one token that ends
 * a text.
 *
 * @see <a href="https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf">GPT-2</a>,
 *     section 2.2
 */
public final class LanguageTokenizerTraining {
    /** Ends a text. */
    public static final String END = "<|endoftext|>";

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private LanguageTokenizerTraining() {}

    /**
     * Writes a folder that transformers' AutoTokenizer and {@link LanguageTokenizer#read} open.
     *
     * @param size how many tokens to learn, with those of the 256 bytes and the end; fewer are learned if no pair is left that
     *     occurs twice
     * @param context the longest text of the model in tokens
     * @param marks tokens that stand for themselves, after the end's
     * @throws IllegalArgumentException if the size has no room for bytes, end and marks
     */
    public static void write(Path folder, Iterable<String> corpus, int size, int context, String... marks)
            throws IOException {
        List<String> special = new ArrayList<>(List.of(END));
        special.addAll(List.of(marks));
        int least = ByteAlphabet.ALL.length() + special.size();
        if (size < least) {
            throw new IllegalArgumentException("expected a vocabulary of at least " + least + " (every byte, and "
                    + String.join(", ", special) + "), got " + size);
        }
        List<String> merges = BytePairTraining.ofBytes(corpus, new Spelling.Bytes(false)::words)
                .merges(size - special.size());
        AtomicFile.write(folder.resolve("tokenizer.json"), json(file(merges, special)));
        ObjectNode config = JSON.createObjectNode();
        config.put("tokenizer_class", "PreTrainedTokenizerFast")
                .put("bos_token", END)
                .put("eos_token", END)
                .put("model_max_length", context);
        AtomicFile.write(folder.resolve("tokenizer_config.json"), json(config));
    }

    private static String json(ObjectNode node) {
        try {
            return JSON.writeValueAsString(node) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ObjectNode file(List<String> merges, List<String> special) {
        ObjectNode model = JSON.createObjectNode();
        model.put("type", "BPE")
                .putNull("dropout")
                .putNull("unk_token")
                .putNull("continuing_subword_prefix")
                .putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false);
        ObjectNode vocabulary = model.putObject("vocab");
        ByteAlphabet.ALL.chars().forEach(c -> vocabulary.put(String.valueOf((char) c), vocabulary.size()));
        ArrayNode pairs = model.putArray("merges");
        for (String merge : merges) {
            vocabulary.put(merge.replace(" ", ""), vocabulary.size());
            pairs.add(merge);
        }
        ObjectNode file = JSON.createObjectNode();
        file.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = file.putArray("added_tokens");
        for (int i = 0; i < special.size(); i++) {
            added.addObject()
                    .put("id", vocabulary.size() + i)
                    .put("content", special.get(i))
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
        }
        file.putNull("normalizer");
        for (String part : List.of("pre_tokenizer", "post_processor", "decoder")) {
            file.putObject(part)
                    .put("type", "ByteLevel")
                    .put("add_prefix_space", false)
                    .put("trim_offsets", true)
                    .put("use_regex", true);
        }
        file.set("model", model);
        return file;
    }
}

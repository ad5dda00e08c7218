package org.zeuxis.train.recipe.flamingo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.zeuxis.data.Draws;
import org.zeuxis.data.pictogram.scene.AskedScenes;
import org.zeuxis.data.pictogram.scene.AskedScenes.Asked;
import org.zeuxis.data.pictogram.scene.AskedScenes.Kind;
import org.zeuxis.data.series.Example;
import org.zeuxis.data.series.Examples;
import org.zeuxis.image.Image;
import org.zeuxis.models.flamingo.Dialect;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.text.language.LanguageTokenizer;

/**
 * Interleaved documents: several pictures, each with its caption or with a question and its answer, of one kind in each document,
 * so that those before help with the last.
 *
 * @param captioned pictures with captions
 * @param scenes with questions
 * @param captions share of the documents that are captions
 * @param shots most pictures of a document
 * @param context tokens to which a document is cut
 * @see <a href="https://arxiv.org/abs/2204.14198">Flamingo</a>, section 2.4 and Figure 9
 */
record Documents(
        Examples captioned,
        AskedScenes scenes,
        LanguageTokenizer tokenizer,
        double captions,
        int shots,
        int batchSize,
        int context,
        long seed) {

    /**
     * Documents of as many pictures each.
     *
     * @param pictures of all documents, one after the other
     * @param ids [batch × tokens], filled up with the end of a text
     * @param said places of the tokens, in [batch × (tokens − 1)] without each first, that are to be learned
     */
    record Batch(List<Image> pictures, int media, long[] ids, int tokens, long[] said) {}

    Documents {
        if (shots < 1) throw new IllegalArgumentException("expected at least 1 shot, got " + shots);
        if (!(captions >= 0 && captions <= 1))
            throw new IllegalArgumentException("expected a share of captions of 0 to 1, got " + captions);
    }

    Batch at(long step) throws IOException {
        int media = 1 + Draws.at(seed, step).below(shots);
        List<Image> pictures = new ArrayList<>();
        List<int[]> texts = new ArrayList<>();
        for (int i = 0; i < batchSize; i++) {
            Prompt prompt = document(Math.addExact(Math.multiplyExact(step, (long) batchSize), i), media);
            prompt.media().forEach(pictures::addAll);
            int[] text = IntStream.concat(
                            Arrays.stream(tokenizer.start()), Arrays.stream(tokenizer.tokens(prompt.text())))
                    .toArray();
            texts.add(text.length > context ? Arrays.copyOf(text, context) : text);
        }
        int tokens = texts.stream().mapToInt(text -> text.length).max().orElseThrow() + 1;
        long[] ids = new long[batchSize * tokens];
        Arrays.fill(ids, tokenizer.endId());
        long[] said = new long[ids.length];
        int learned = 0;
        int mark = tokenizer.id(Prompt.MARK);
        int begun = tokenizer.start().length;
        for (int i = 0; i < batchSize; i++) {
            int[] text = texts.get(i);
            for (int t = 0; t < text.length; t++) {
                ids[i * tokens + t] = text[t];
                if (t > begun && text[t] != mark) said[learned++] = (long) i * (tokens - 1) + t - 1;
            }
        }
        return new Batch(pictures, media, ids, tokens, Arrays.copyOf(said, learned));
    }

    private Prompt document(long place, int media) throws IOException {
        Draws draws = Draws.at(seed + 1, place);
        boolean caption = draws.chance(captions);
        Kind kind = draws.of(List.of(Kind.values()));
        Prompt whole = Prompt.of("", List.of());
        for (int i = 0; i < media; i++) whole = whole.then(caption ? captioned(draws) : asked(kind, draws));
        return whole;
    }

    private Prompt captioned(Draws draws) throws IOException {
        Example example = captioned.at(draws.nextLong() >>> 1);
        return Dialect.OPEN_FLAMINGO.answered(example.image(), "", example.caption());
    }

    private Prompt asked(Kind kind, Draws draws) throws IOException {
        Asked asked = scenes.at(kind, draws.nextLong());
        return Dialect.OPEN_FLAMINGO.answered(asked.scene().image(), asked.question(), asked.answer());
    }
}

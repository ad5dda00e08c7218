package org.zeuxis.models.flamingo;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * What the tokens that are read see: of all media the last that was shown before them, and nothing before any was.
 *
 * @param from the first visual token that any of them sees
 * @param to the first after these that none sees
 * @param seen of BOOL, true where a token sees one of those between, [batch, 1, tokens, to - from]; null where all see all of them
 * @param blind of BOOL, true where a token sees nothing, [batch, tokens, 1]; null where each sees something
 * @see <a href="https://arxiv.org/abs/2204.14198">Flamingo</a>, Figure 7
 */
record Sight(
        long from, long to, @Nullable Tensor seen, @Nullable Tensor blind) {

    /**
     * @param shown for each token how many media were shown up to it, row by row
     * @param texts how many rows
     * @param media how many there are
     * @param latents visual tokens of each
     */
    static Sight of(long[] shown, int texts, long media, long latents) {
        long last = Arrays.stream(shown).max().orElse(0);
        if (Arrays.stream(shown).allMatch(count -> count == last) && last > 0) {
            return new Sight((last - 1) * latents, last * latents, null, null);
        }
        int tokens = shown.length / texts;
        Tensor time = Tensor.of(shown, texts, tokens, 1).to(DType.FLOAT32);
        long[] order = new long[(int) (media * latents)]; // from 1
        Arrays.setAll(order, i -> i / latents + 1);
        Tensor none = time.equalTo(0);
        Tensor its =
                time.minus(Tensor.of(order, order.length).to(DType.FLOAT32)).equalTo(0);
        // a token that sees nothing sees all here, and is given nothing of it afterwards
        Tensor seen = none.choose(Tensor.ones(1).to(DType.BOOL), its);
        return new Sight(0, order.length, seen.unsqueeze(1), none);
    }
}

package org.zeuxis.models.lm;

import java.util.List;
import java.util.stream.IntStream;
import org.zeuxis.nn.attention.KvCache;
import org.zeuxis.tensor.Tensor;

/** A text on its way through a language model, each of whose tokens is computed once; several texts of one length go abreast. */
public final class Reading implements AutoCloseable {
    private final Decoder model;
    private final Insertion insertion;
    private final int most;
    private final List<KvCache> memory; // of each block

    Reading(Decoder model, Insertion insertion, int most) {
        this.model = model;
        this.insertion = insertion;
        this.most = Math.min(most, model.family().context());
        memory = IntStream.range(0, model.family().layers())
                .mapToObj(i -> new KvCache(this.most))
                .toList();
    }

    /**
     * Reads on.
     *
     * @param ids that follow those read before, [batch, tokens] of int64
     * @return scores of the token after the last, [batch, vocabulary]
     */
    public Tensor next(Tensor ids) {
        return model.next(ids, memory, insertion.reading(ids));
    }

    /** The same of the token after each, [batch, tokens, vocabulary]. */
    public Tensor each(Tensor ids) {
        return model.each(ids, memory, insertion.reading(ids));
    }

    /**
     * Forgets all tokens but the first, so that others can follow these; what was shown by then stays shown.
     *
     * @throws IllegalArgumentException if there are not so many
     */
    public void forgetAfter(long tokens) {
        memory.forEach(cache -> cache.forgetAfter(tokens));
    }

    /** How many tokens fit in yet. */
    public int room() {
        return most - (int) memory.get(0).tokens();
    }

    /** Goes on with some of the texts: the one at {@code i} is what was at {@code rows[i]}, and any may go on several times. */
    public void branch(long[] rows) {
        Tensor places = Tensor.of(rows, rows.length);
        memory.forEach(cache -> cache.branch(places));
    }

    /** Gives the memory of what was read back. */
    @Override
    public void close() {
        memory.forEach(KvCache::close);
        insertion.close();
    }
}

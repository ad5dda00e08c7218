package org.zeuxis.models.lm;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.attention.KvCache;
import org.zeuxis.tensor.Tensor;

/** A text on its way through a language model, each of whose tokens is computed once; several go abreast. */
public final class Reading implements AutoCloseable {
    private final Decoder model;
    private final Insertion insertion;
    private final int most;
    private final List<KvCache> memory; // of each block
    private @Nullable Lead lead; // of texts of different lengths

    Reading(Decoder model, Insertion insertion, int most, @Nullable Lead lead) {
        this.model = model;
        this.insertion = insertion;
        this.lead = lead;
        long context = model.family().context() + (lead == null ? 0 : lead.most());
        this.most = (int) Math.min(most, context);
        memory = IntStream.range(0, model.family().layers())
                .mapToObj(i -> new KvCache(this.most))
                .toList();
    }

    /**
     * Reads on.
     *
     * @param ids that follow those read before, [batch, tokens] of int64; where texts are of different lengths, numbers less than 0
     *     before the shorter begin
     * @return scores of the token after the last, [batch, vocabulary]
     */
    public Tensor next(Tensor ids) {
        return model.next(ids, memory, lead, insertion.reading(ids));
    }

    /** The same of the token after each, [batch, tokens, vocabulary]. */
    public Tensor each(Tensor ids) {
        return model.each(ids, memory, lead, insertion.reading(ids));
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
        return room(0);
    }

    /** How many tokens of one of the texts fit in yet, with what is empty before it. */
    int room(int row) {
        long context = model.family().context() + (lead == null ? 0 : lead.at(row));
        return (int) (Math.min(most, context) - memory.get(0).tokens());
    }

    /** Goes on with some of the texts: the one at {@code i} is what was at {@code rows[i]}, and any may go on several times. */
    public void branch(long[] rows) {
        Tensor places = Tensor.of(rows, rows.length);
        memory.forEach(cache -> cache.branch(places));
        insertion.branch(rows);
        if (lead != null) lead = lead.of(rows);
    }

    /** Gives the memory of what was read back. */
    @Override
    public void close() {
        memory.forEach(KvCache::close);
        insertion.close();
    }
}

package org.zeuxis.data;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** A dataset that keeps what was read, as long as there is room. */
public final class Cached implements Dataset {
    private final Dataset dataset;
    private final AtomicReferenceArray<CaptionedImage> kept;
    private final AtomicLong room;

    /** With room for 400 MB of decoded pictures. */
    public Cached(Dataset dataset) {
        this(dataset, 400_000_000L);
    }

    /** @param bytes room for the samples of decoded pictures */
    public Cached(Dataset dataset, long bytes) {
        this.dataset = dataset;
        this.kept = new AtomicReferenceArray<>(dataset.size());
        this.room = new AtomicLong(bytes);
    }

    @Override
    public int size() {
        return dataset.size();
    }

    @Override
    public String key(int index) {
        return dataset.key(index);
    }

    @Override
    public List<Problem> problems() {
        return dataset.problems();
    }

    @Override
    public List<String> captions(int index) throws IOException {
        CaptionedImage known = kept.get(index);
        if (known != null) return known.captions();
        return dataset.captions(index);
    }

    @Override
    public CaptionedImage get(int index) throws IOException {
        CaptionedImage known = kept.get(index);
        if (known != null) return known;
        CaptionedImage sample = dataset.get(index);
        int bytes = sample.image().samples().length;
        if (room.addAndGet(-bytes) < 0 || !kept.compareAndSet(index, null, sample)) room.addAndGet(bytes);
        return sample;
    }
}

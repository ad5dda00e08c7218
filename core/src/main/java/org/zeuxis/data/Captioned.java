package org.zeuxis.data;

import java.io.IOException;
import java.util.List;

/** A dataset of which a picture without caption and label counts as one that cannot be read: nothing can be learned or judged by it. */
public record Captioned(Dataset dataset) implements Dataset {
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
        return dataset.captions(index);
    }

    @Override
    public CaptionedImage get(int index) throws IOException {
        CaptionedImage sample = dataset.get(index);
        if (!sample.label().isEmpty()) return sample;
        throw new IOException("expected a caption or label of the picture, got none");
    }
}

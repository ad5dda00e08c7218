package org.zeuxis.data.series;

import java.util.List;
import org.zeuxis.image.Image;

/**
 * The examples of one training step.
 *
 * @param step from 0
 */
public record Batch(long step, List<Example> examples) {
    public Batch {
        examples = List.copyOf(examples);
    }

    public int size() {
        return examples.size();
    }

    public List<Image> images() {
        return examples.stream().map(Example::image).toList();
    }

    public List<String> captions() {
        return examples.stream().map(Example::caption).toList();
    }
}

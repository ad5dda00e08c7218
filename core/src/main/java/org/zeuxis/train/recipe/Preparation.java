package org.zeuxis.train.recipe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** What a recipe whose keys are all right does first: it opens the data and makes the model. */
@FunctionalInterface
public interface Preparation {
    /**
     * @param run the folder of the run, for what is made once: a vocabulary, latents
     * @param encoded is told how many pictures are encoded so far
     */
    ModelInTraining begin(Path run, LongConsumer encoded) throws IOException;
}

package org.zeuxis.train.recipe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.zeuxis.data.series.Examples;
import org.zeuxis.image.Image;
import org.zeuxis.train.Objective;

/**
 * A model with the objective it is trained by, ready for the first step.
 *
 * @param examples it learns from
 * @param export writes the model as it stands now, as its Python library expects it
 * @param samples draws what the model can do now
 */
public record ModelInTraining(Objective objective, Examples examples, Export export, Samples samples) {

    /** One that draws nothing. */
    public ModelInTraining(Objective objective, Examples examples, Export export) {
        this(objective, examples, export, Optional::empty);
    }

    /** Writes a folder. */
    @FunctionalInterface
    public interface Export {
        void to(Path folder) throws IOException;
    }

    /** Draws a picture, or nothing. */
    @FunctionalInterface
    public interface Samples {
        Optional<Image> drawn() throws IOException;
    }
}

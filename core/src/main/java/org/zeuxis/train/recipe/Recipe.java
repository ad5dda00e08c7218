package org.zeuxis.train.recipe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.zeuxis.image.Image;
import org.zeuxis.train.Objective;

/** A model with the objective it is trained by, ready to start. */
interface Recipe {
    Objective objective();

    /** Writes the model as it stands now, as its Python library expects it. */
    void export(Path folder) throws IOException;

    /** Draws what the model can do now, or nothing if it draws nothing. */
    Optional<Image> samples() throws IOException;
}

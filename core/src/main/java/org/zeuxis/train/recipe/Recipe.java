package org.zeuxis.train.recipe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.zeuxis.data.Problem;
import org.zeuxis.image.Image;
import org.zeuxis.train.Objective;

/** A model with the objective it is trained by, ready to start. */
interface Recipe {
    Objective objective();

    /** What of its data could not be used so far. */
    List<Problem> problems();

    /** Writes the model as it stands now, as its Python library expects it. */
    void export(Path folder) throws IOException;

    /** Draws what the model can do now, or nothing if it draws nothing. */
    Optional<Image> samples() throws IOException;
}

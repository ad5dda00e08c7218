package org.zeuxis.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;

/** Opens the model that {@code --model} names. */
@FunctionalInterface
interface ModelLoader {
    /** The name of the model that ships with Zeuxis. */
    String PICTOGRAMS = "pictograms";

    /** Knows {@link #PICTOGRAMS}, and folders that diffusers or Zeuxis saved. */
    ModelLoader STANDARD = model -> {
        if (Files.exists(Path.of(model))) return LatentDiffusion.load(Path.of(model));
        if (model.equals(PICTOGRAMS)) return LatentDiffusion.pictograms();
        throw new IOException("--model: expected " + PICTOGRAMS + " or the folder of a model, got " + model
                + ", which is neither; check the path, or leave --model out");
    };

    /** @throws IOException if there is no such model or it cannot be read */
    TextToImage load(String model) throws IOException;
}

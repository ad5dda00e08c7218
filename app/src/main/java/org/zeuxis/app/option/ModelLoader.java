package org.zeuxis.app.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import picocli.CommandLine.Model.CommandSpec;

/** Opens the model that {@code --model} names. */
@FunctionalInterface
public interface ModelLoader {
    /** The name of the model that ships with Zeuxis. */
    String PICTOGRAMS = "pictograms";

    /**
     * Knows {@link #PICTOGRAMS} (a folder of that name is {@code ./pictograms}), folders that diffusers or Zeuxis saved, and
     * models of the hub.
     */
    ModelLoader STANDARD = (model, spec) -> {
        // the name first: the same command means the same model in every folder
        if (model.equals(PICTOGRAMS)) return LatentDiffusion.pictograms();
        if (Files.exists(Path.of(model))) return LatentDiffusion.load(Path.of(model));
        if (HubModel.isOne(model)) return LatentDiffusion.load(HubModel.folder("--model", model, spec));
        throw new IOException("--model: expected " + PICTOGRAMS + " or the folder of a model, got " + model
                + ", which is neither; check the path, name a model of the hub as org/name, or leave --model out");
    };

    /**
     * @param spec of the command that asks
     * @throws IOException if there is no such model or it cannot be read
     */
    TextToImage load(String model, CommandSpec spec) throws IOException;
}

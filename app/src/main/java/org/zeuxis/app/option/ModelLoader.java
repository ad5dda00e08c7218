package org.zeuxis.app.option;

import java.io.IOException;
import org.zeuxis.hub.Found;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.tensor.DType;
import picocli.CommandLine.Model.CommandSpec;

/** Opens the model that {@code --model} names. */
@FunctionalInterface
public interface ModelLoader {
    /** Whatever draws: {@link org.zeuxis.hub.Models}. */
    ModelLoader STANDARD = (model, type, request, spec) -> {
        Found<TextToImage> found = NamedModel.find("--model", model, TextToImage.class, spec);
        if (found.opens().equals(LatentDiffusion.class)) {
            LatentDiffusion.expectRoom(found.path(), type, false, request);
        }
        return found.open(type);
    };

    /**
     * @param type to compute in
     * @param request the largest that it is to draw, for which there must be memory
     * @param spec of the command that asks
     * @throws IOException if there is no such model or it cannot be read
     */
    TextToImage load(String model, DType type, ImageRequest request, CommandSpec spec) throws IOException;
}

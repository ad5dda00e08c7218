package org.zeuxis.app.option;

import java.io.IOException;
import org.zeuxis.models.TextToImage;
import org.zeuxis.tensor.DType;
import picocli.CommandLine.Model.CommandSpec;

/** Opens the model that {@code --model} names. */
@FunctionalInterface
public interface ModelLoader {
    /** Whatever draws: {@link org.zeuxis.hub.Models}. */
    ModelLoader STANDARD = (model, type, spec) ->
            NamedModel.find("--model", model, TextToImage.class, spec).open(type);

    /**
     * @param type to compute in
     * @param spec of the command that asks
     * @throws IOException if there is no such model or it cannot be read
     */
    TextToImage load(String model, DType type, CommandSpec spec) throws IOException;
}

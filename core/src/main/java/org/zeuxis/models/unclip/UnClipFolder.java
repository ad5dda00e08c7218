package org.zeuxis.models.unclip;

import java.io.IOException;
import java.util.function.Function;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Config;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;

/** The folder layout of diffusers' {@code UnCLIPPipeline}. */
final class UnClipFolder {
    private UnClipFolder() {}

    /** Opens one component: all of its configuration honoured, all of its weights used, in float32. */
    static <C, M extends Module> M filled(ModelFolder folder, Function<Config, C> read, Function<C, M> make)
            throws IOException {
        return ModelFolder.opened(folder.path(), () -> {
            C config = read.apply(folder.config());
            try (Weights weights = folder.weights()) {
                StateDict state = StateDict.of(weights).as(DType.FLOAT32);
                M module = state.sized(() -> make.apply(config));
                state.loadInto(module.parameters());
                return module;
            }
        });
    }
}

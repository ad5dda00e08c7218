package org.zeuxis.assembly;

import java.io.IOException;
import java.util.function.Function;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.Config;
import org.zeuxis.nn.Module;

/** A published folder opened: all of its configuration honoured, all of its weights used. */
final class OpenedUNet {
    private OpenedUNet() {}

    static <C, M extends Module> M open(ModelFolder folder, Function<Config, C> read, Function<C, M> make)
            throws IOException {
        Config file = folder.config();
        C config = read.apply(file);
        file.refuseUnread(Bookkeeping.DIFFUSERS);
        try (Weights weights = folder.weights()) {
            StateDict state = StateDict.of(weights);
            M module = state.sized(() -> make.apply(config));
            state.loadInto(module.parameters());
            return module;
        }
    }
}

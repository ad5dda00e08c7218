package org.zeuxis.models.latentdiffusion;

import java.io.IOException;
import java.nio.file.Path;

/** Which weights of the U-Net a checkpoint in one file is opened with, where a training left both there. */
public enum UNetWeights {
    /** Those that training went on from, which every file has: the default, as in diffusers. */
    PLAIN,
    /** Their exponential moving average (EMA), the keys that begin with {@code model_ema.}. */
    AVERAGED;

    /** A folder has one kind alone. */
    void expectWithFolder(Path folder) throws IOException {
        if (this == PLAIN) return;
        throw new IOException(
                folder + ": expected a checkpoint in one file, which may have averaged weights (EMA) beside the"
                        + " plain ones, got a folder, which has one kind alone; open it as it is, without --ema");
    }
}

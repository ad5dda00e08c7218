package org.zeuxis.models.latentdiffusion;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.zeuxis.diffusion.Parameterization;

/**
 * What is to be made of a checkpoint in one file where that leaves it open.
 *
 * @param weights which of its U-Net
 * @param predicts what that predicts, the noise or the velocity; null if the file says so itself, or the U-Net is to be asked
 */
public record FileChoice(UNetWeights weights, @Nullable Parameterization predicts) {
    /** The plain weights, and what they predict is found out. */
    public static final FileChoice USUAL = new FileChoice(UNetWeights.PLAIN, null);

    /** @throws IllegalArgumentException if no U-Net of Stable Diffusion predicts that */
    public FileChoice {
        if (predicts == Parameterization.X0) {
            throw new IllegalArgumentException("expected a U-Net that predicts the noise (epsilon) or the velocity (v),"
                    + " as one of Stable Diffusion does, got the data (sample)");
        }
    }

    public FileChoice with(UNetWeights which) {
        return new FileChoice(which, predicts);
    }

    public FileChoice predicting(@Nullable Parameterization what) {
        return new FileChoice(weights, what);
    }

    /** A folder says it all itself. */
    void expectWithFolder(Path folder) throws IOException {
        weights.expectWithFolder(folder);
        if (predicts == null) return;
        throw new IOException(folder + ": expected a checkpoint in one file, which may not say what it predicts, got a"
                + " folder, whose scheduler/scheduler_config.json does as prediction_type; open it as it is, without"
                + " --prediction");
    }
}

package org.zeuxis.models.unclip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.zeuxis.checkpoint.ModelFolder;

/**
 * What the folder of an unCLIP holds, and so what can be asked of it: known before any weights are read.
 *
 * @param prior whether it draws what words say
 * @param imageEncoder whether it sees pictures, to vary or blend them
 * @param upsamplings pixels that its upsamplers make, the smallest first
 */
public record UnClipParts(boolean prior, boolean imageEncoder, List<Integer> upsamplings) {
    public UnClipParts {
        upsamplings = List.copyOf(upsamplings);
    }

    /** @throws IOException if it is no folder of one */
    public static UnClipParts of(Path folder) throws IOException {
        return KarloRelease.isOne(folder)
                ? KarloRelease.PUBLISHED.parts()
                : UnClipFolder.parts(ModelFolder.open(folder));
    }
}

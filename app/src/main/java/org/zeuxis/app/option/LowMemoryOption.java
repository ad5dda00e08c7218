package org.zeuxis.app.option;

import picocli.CommandLine.Option;

/** {@code --low-memory}, of what opens a Stable Diffusion or the upscaler of it. */
public final class LowMemoryOption {
    @Option(
            names = "--low-memory",
            description =
                    "Read text encoder, U-Net and autoencoder of a Stable Diffusion each when it is needed and give it back"
                            + " after it: the same picture in less memory, and later by the time of reading.")
    private boolean lending;

    /** Whether parts are lent, instead of held. */
    public boolean lends() {
        return lending;
    }
}

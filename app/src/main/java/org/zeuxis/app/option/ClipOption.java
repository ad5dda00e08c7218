package org.zeuxis.app.option;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.zeuxis.hub.Found;
import org.zeuxis.hub.Models;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.tensor.DType;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Which CLIP a command asks. */
public final class ClipOption {
    @Option(
            names = "--clip",
            paramLabel = "NAME|FOLDER",
            description =
                    "pictograms, the folder of a CLIP as transformers or open_clip saves it, OpenAI's .pt file, or"
                            + " org/name of one on the hub (default: pictograms, or for an index the one that"
                            + " made it).")
    private @Nullable String clip;

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private DTypeOption dtype = new DTypeOption();

    /** Its name: the one that was asked for, else {@code otherwise}. */
    public String name(String otherwise) {
        return clip == null ? otherwise : clip;
    }

    /** Refuses an unknown device before anything is opened; {@link #find} does so too. */
    public void onDevice(CommandSpec spec) {
        device.use(spec);
    }

    /** What it computes in, once {@link #find} has set the device. */
    public DType type() {
        return dtype.type();
    }

    public ClipFolder open(CommandSpec spec) throws IOException {
        return find(name(Models.PICTOGRAMS), spec).open(type());
    }

    /**
     * The CLIP of this name; all from now on is computed on the device asked for.
     *
     * @param spec of the command itself: a mixin of a mixin does not know it
     */
    public Found<ClipFolder> find(String name, CommandSpec spec) throws IOException {
        device.use(spec);
        return NamedModel.find("--clip", name, ClipFolder.class, spec);
    }
}

package org.zeuxis.app.option;

import java.io.IOException;
import org.zeuxis.hub.Models;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.tensor.DType;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which model speaks of pictures. */
public final class SpeakerOption {
    @Option(
            names = "--model",
            paramLabel = "NAME|FOLDER",
            description =
                    "The folder of an IDEFICS of transformers, one with open_flamingo.json, or org/name of one on the"
                            + " hub (default: flamingo, Zeuxis's own).")
    private String model = Models.FLAMINGO;

    @Option(names = "--tokens", paramLabel = "N", description = "How long an answer may get (default: 64).")
    private int tokens = 64;

    /** How long an answer may get. */
    public int tokens() {
        return tokens;
    }

    /** Its name, once it is seen that all is in order. */
    public String name(CommandSpec spec) {
        if (tokens < 1)
            throw new ParameterException(spec.commandLine(), "--tokens: expected at least 1, got " + tokens);
        return model;
    }

    public FlamingoFolder open(DType type, CommandSpec spec) throws IOException {
        return NamedModel.find("--model", name(spec), FlamingoFolder.class, spec)
                .open(type);
    }
}

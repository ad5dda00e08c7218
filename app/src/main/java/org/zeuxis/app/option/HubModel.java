package org.zeuxis.app.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.zeuxis.app.terminal.PullBar;
import org.zeuxis.hub.Hub;
import org.zeuxis.hub.client.HubException;
import org.zeuxis.hub.client.ModelName;
import picocli.CommandLine.Model.CommandSpec;

/** Models asked for by their names on the hub. */
public final class HubModel {
    private HubModel() {}

    /** Whether {@code name} can only mean a model of the hub: folders come first. */
    static boolean isOne(String name) {
        return ModelName.matches(name) && !Files.exists(Path.of(name));
    }

    /** Its folder in the cache, pulled if need be, which is said. */
    static Path folder(String option, String name, CommandSpec spec) throws IOException {
        Hub hub = hub(spec);
        try {
            return PullBar.watching(spec.commandLine().getErr(), progress -> hub.model(name, progress));
        } catch (HubException e) {
            // it may have been meant as a path
            throw new IOException(
                    option + ": there is no folder " + name + " here, and of the hub " + e.getMessage(), e);
        }
    }

    /** A command line that knows where models come from. */
    public interface Source {
        Hub hub();
    }

    /** The hub of the command line that {@code spec} is part of. */
    public static Hub hub(CommandSpec spec) {
        return spec.root().userObject() instanceof Source source ? source.hub() : Hub.standard();
    }
}

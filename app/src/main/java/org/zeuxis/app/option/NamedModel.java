package org.zeuxis.app.option;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import org.zeuxis.app.terminal.PullBar;
import org.zeuxis.hub.Found;
import org.zeuxis.hub.Hub;
import org.zeuxis.hub.Models;
import org.zeuxis.hub.PullProgress;
import org.zeuxis.hub.client.ModelName;
import picocli.CommandLine.Model.CommandSpec;

/** The model that an option of a command names. */
public final class NamedModel {
    private NamedModel() {}

    /**
     * Finds it, pulled from the hub if need be, which is said; its weights are not read yet.
     *
     * @param option said in messages, such as {@code --model}
     * @throws IOException if there is none of this kind, in one line
     */
    public static <M extends AutoCloseable> Found<M> find(String option, String name, Class<M> kind, CommandSpec spec)
            throws IOException {
        try {
            if (!ModelName.matches(name)) return models(spec, PullProgress.NONE).find(name, kind);
            return PullBar.watching(
                    spec.commandLine().getErr(),
                    progress -> models(spec, progress).find(name, kind));
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(option + ": " + e.getMessage(), e);
        }
    }

    /**
     * The classes of all that a name opens as.
     *
     * @throws IOException if there is nothing of this name, in one line
     */
    public static List<Class<? extends AutoCloseable>> kinds(String option, String name, CommandSpec spec)
            throws IOException {
        try {
            return models(spec, PullProgress.NONE).kinds(name);
        } catch (IOException e) {
            throw new IOException(option + ": " + e.getMessage(), e);
        }
    }

    private static Models models(CommandSpec spec, PullProgress progress) {
        return Models.of(() -> hub(spec), progress);
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

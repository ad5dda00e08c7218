package org.zeuxis.app.terminal;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code zeuxis completion}: a script by which bash and zsh complete commands and options. */
@Command(
        name = "completion",
        description = "Print a script by which bash and zsh complete commands and options: source <(zeuxis completion)",
        mixinStandardHelpOptions = true)
public final class CompletionCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        CommandLine whole = spec.root().commandLine();
        // picocli ends lines as the machine does; bash wants its own
        spec.commandLine().getOut().print(AutoComplete.bash("zeuxis", whole).replace("\r\n", "\n"));
        spec.commandLine().getOut().flush();
    }
}

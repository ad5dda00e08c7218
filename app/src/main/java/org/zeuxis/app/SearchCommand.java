package org.zeuxis.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code zeuxis search}: finds pictures by what they show. */
@Command(
        name = "search",
        description = "Find pictures by what they show.",
        mixinStandardHelpOptions = true,
        subcommands = {SearchIndexCommand.class, SearchFindCommand.class, SearchDuplicatesCommand.class})
final class SearchCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "expected what to do, such as 'search index DIR --into INDEX' or 'search find INDEX \"a cat\"'");
    }

    /** A path as a terminal may show it: a file may be called anything. */
    static String printable(String path) {
        StringBuilder clean = new StringBuilder();
        path.codePoints().map(c -> Character.isISOControl(c) ? '?' : c).forEach(clean::appendCodePoint);
        return clean.toString();
    }
}

package org.zeuxis.app.search.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.zeuxis.app.search.IndexMark;
import org.zeuxis.app.search.PictureSearch;
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
public final class SearchCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "expected what to do, such as 'search index DIR --into INDEX' or 'search find INDEX \"a cat\"'");
    }

    /**
     * Says if an index is not finished.
     *
     * @throws IOException if there is nothing in it that can be found
     */
    static void expectPictures(Path index, PictureSearch search, CommandSpec spec) throws IOException {
        IndexMark mark = search.mark();
        String again = "run 'zeuxis search index " + mark.root() + " --into " + index + "'";
        if (search.vectors() == 0) {
            throw new IOException(index + ": expected pictures in the index, got none"
                    + (mark.finished()
                            ? " that can be read in " + mark.root() + "; put some there, then " + again
                            : ", as it was stopped before the first of them were done; " + again));
        }
        if (mark.finished()) return;
        PrintWriter err = spec.commandLine().getErr();
        err.println(spec.qualifiedName() + ": " + index
                + " is not finished, so that pictures may be missing; to go on, " + again);
        err.flush();
    }

    /** A path as a terminal may show it: a file may be called anything. */
    static String printable(String path) {
        StringBuilder clean = new StringBuilder();
        path.codePoints().map(c -> Character.isISOControl(c) ? '?' : c).forEach(clean::appendCodePoint);
        return clean.toString();
    }
}

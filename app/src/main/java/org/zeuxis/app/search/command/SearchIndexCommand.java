package org.zeuxis.app.search.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.zeuxis.app.judge.Judgement;
import org.zeuxis.app.search.IndexFolder;
import org.zeuxis.app.search.IndexMark;
import org.zeuxis.app.search.Indexing;
import org.zeuxis.app.search.IndexingSummary;
import org.zeuxis.app.search.PictureScan;
import org.zeuxis.app.search.SearchClip;
import org.zeuxis.app.terminal.ErrorLine;
import org.zeuxis.data.Problem;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis search index}: brings an index up to date with a folder. */
@Command(
        name = "index",
        description = "Index the pictures below a folder by what they show. Run again, it adds only what is new or has"
                + " changed; interrupted, it resumes.",
        mixinStandardHelpOptions = true)
final class SearchIndexCommand implements Callable<Integer> {
    private static final int MOST_LINES = 20;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DIR", description = "A folder with PNG, JPEG, WebP, GIF or BMP pictures, at any depth.")
    private Path folder = Path.of("");

    @Option(
            names = "--into",
            paramLabel = "INDEX",
            required = true,
            description = "Folder for the index, created if missing.")
    private Path index = Path.of("");

    @Option(names = "--retry", description = "Try files again that could not be read before.")
    private boolean retry;

    @Mixin
    private ClipChoice choice = new ClipChoice();

    @Override
    public Integer call() throws IOException {
        PictureScan scan = PictureScan.of(folder);
        IndexMark mark = IndexFolder.mark(index);
        if (mark == null) scan.expectReadable();
        SearchClip clip = choice.open(index, mark);
        Indexing.Pace pace = Indexing.Pace.STANDARD.retrying(retry);
        IndexingSummary summary = Judgement.looking(scan.size(), done -> Indexing.run(clip, scan, index, pace, done));
        report(summary.problems());
        PrintWriter out = spec.commandLine().getOut();
        out.println(index + ": " + summary);
        out.flush();
        return ExitCode.OK;
    }

    private void report(List<Problem> problems) {
        PrintWriter err = spec.commandLine().getErr();
        for (Problem problem : problems.subList(0, Math.min(MOST_LINES, problems.size()))) {
            err.println(ErrorLine.failure(new IOException(problem.toString())));
        }
        if (problems.size() > MOST_LINES) err.println("and " + (problems.size() - MOST_LINES) + " more");
        err.flush();
    }
}

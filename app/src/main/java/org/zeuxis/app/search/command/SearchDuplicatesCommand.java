package org.zeuxis.app.search.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.zeuxis.app.judge.Judgement;
import org.zeuxis.app.search.Duplicates;
import org.zeuxis.app.search.PictureSearch;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis search duplicates}: pictures that an index has more than once. */
@Command(
        name = "duplicates",
        description = "List pictures that occur more than once: the same bytes, or nearly the same to CLIP.",
        mixinStandardHelpOptions = true)
final class SearchDuplicatesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "INDEX", description = "The folder that 'search index' made.")
    private Path index = Path.of("");

    @Option(
            names = "--above",
            paramLabel = "COSINE",
            description =
                    "Cosine similarity from which two pictures count as nearly the same, at most 1 (default: 0.97).")
    private double above = 0.97;

    @Override
    public Integer call() throws IOException {
        if (!(above > -1 && above <= 1)) {
            throw new ParameterException(
                    spec.commandLine(), "--above: expected more than -1 and at most 1, got " + above);
        }
        Duplicates found;
        try (PictureSearch search = PictureSearch.open(index)) {
            SearchCommand.expectPictures(index, search, spec);
            found = Judgement.looking(search.size(), done -> Duplicates.of(search, above, done));
        }
        PrintWriter out = spec.commandLine().getOut();
        for (List<String> paths : found.exact()) print(out, "the same", paths);
        for (Duplicates.Near near : found.near()) {
            print(out, String.format(Locale.ROOT, "alike, %.3f", near.cosine()), near.paths());
        }
        out.println(
                found.exact().size() + " groups of the same, " + found.near().size() + " of pictures alike");
        out.flush();
        return ExitCode.OK;
    }

    private static void print(PrintWriter out, String how, List<String> paths) {
        out.println(how + ":");
        for (String path : paths) out.println("  " + SearchCommand.printable(path));
    }
}

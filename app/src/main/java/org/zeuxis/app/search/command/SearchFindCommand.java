package org.zeuxis.app.search.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.ForceOption;
import org.zeuxis.app.search.ContactSheet;
import org.zeuxis.app.search.PictureFile;
import org.zeuxis.app.search.PictureSearch;
import org.zeuxis.app.search.PictureSearch.Hit;
import org.zeuxis.app.search.SearchClip;
import org.zeuxis.file.AtomicFile;
import org.zeuxis.image.Image;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis search find}: the pictures of an index nearest to a text or a picture. */
@Command(
        name = "find",
        description = "Find the pictures that best match a text or another picture.",
        mixinStandardHelpOptions = true)
final class SearchFindCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "INDEX", description = "The folder that 'search index' made.")
    private Path index = Path.of("");

    @Parameters(index = "1", arity = "0..1", paramLabel = "TEXT", description = "What to look for, in quotes.")
    private @Nullable String text;

    @Option(names = "--image", paramLabel = "FILE", description = "A picture to look for, instead of a text.")
    private @Nullable Path image;

    @Option(names = "--top", paramLabel = "K", description = "How many to show (default: 10).")
    private int top = 10;

    @Option(names = "--html", paramLabel = "FILE", description = "Write them as a self-contained HTML page.")
    private @Nullable Path html;

    @Mixin
    private ForceOption force = new ForceOption();

    @Option(names = "--json", description = "Print one line of JSON per picture.")
    private boolean json;

    @Mixin
    private ClipChoice choice = new ClipChoice();

    @Override
    public Integer call() throws IOException {
        if (top < 1) throw new ParameterException(spec.commandLine(), "--top: expected at least 1, got " + top);
        if ((text == null) == (image == null)) {
            throw new ParameterException(
                    spec.commandLine(), "expected a text or --image FILE, got " + (text == null ? "neither" : "both"));
        }
        if (text != null && text.isBlank()) {
            throw new ParameterException(spec.commandLine(), "expected a text to look for, got an empty one");
        }
        if (html != null) force.expectFree("--html", html);
        Image picture = image == null ? null : PictureFile.read(image);
        try (PictureSearch search = PictureSearch.open(index)) {
            SearchCommand.expectPictures(index, search, spec);
            SearchClip clip = choice.open(index, search.mark());
            float[] wanted =
                    picture == null ? clip.embedText(String.valueOf(text)) : clip.embedImages(List.of(picture))[0];
            List<Hit> hits = search.nearest(wanted, top);
            Path root = Path.of(search.mark().root());
            print(root, hits);
            if (html != null) write(html, root, hits);
        }
        return ExitCode.OK;
    }

    private void print(Path root, List<Hit> hits) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        for (Hit hit : hits) {
            String path = root.resolve(hit.picture().path()).toString();
            if (json) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("score", hit.cosine());
                line.put("path", path);
                out.println(JSON.writeValueAsString(line));
            } else {
                out.println(String.format(Locale.ROOT, "%6.3f  %s", hit.cosine(), SearchCommand.printable(path)));
            }
        }
        out.flush();
    }

    private void write(Path file, Path root, List<Hit> hits) throws IOException {
        List<ContactSheet.Entry> entries = hits.stream()
                .map(hit -> new ContactSheet.Entry(
                        hit.picture().path(),
                        hit.cosine(),
                        ContactSheet.thumbnail(root.resolve(hit.picture().path()))))
                .toList();
        String title = image == null ? String.valueOf(text) : "like " + image.getFileName();
        AtomicFile.write(file, new ContactSheet(title, entries).html());
    }
}

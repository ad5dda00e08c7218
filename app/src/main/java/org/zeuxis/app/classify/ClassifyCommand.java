package org.zeuxis.app.classify;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.judge.Judgement;
import org.zeuxis.app.search.PictureFile;
import org.zeuxis.app.terminal.ErrorLine;
import org.zeuxis.app.terminal.Interruption;
import org.zeuxis.app.terminal.LeftOut;
import org.zeuxis.app.terminal.TextLines;
import org.zeuxis.data.series.ReadAhead;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.ClassCache;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ZeroShotClassifier;
import org.zeuxis.models.clip.ZeroShotClassifier.Prediction;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis classify}: which of any labels fits a picture. */
@Command(
        name = "classify",
        description = "Tell which of your labels fits a picture best.",
        mixinStandardHelpOptions = true)
public final class ClassifyCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BATCH = 32;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "Pictures: PNG, JPEG, WebP, GIF or BMP.")
    private List<Path> images = List.of();

    /** Labels in the command, or in a file. */
    private static final class Labels {
        @Option(names = "--labels", paramLabel = "A,B,C", split = ",", description = "The labels, separated by commas.")
        private List<String> named = List.of();

        @Option(names = "--labels-file", paramLabel = "FILE", description = "A text file with one label per line.")
        private @Nullable Path file;
    }

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Labels labels = new Labels();

    @Mixin
    private Judgement judgement = new Judgement();

    @Option(names = "--top", paramLabel = "K", description = "How many labels to show (default: 5).")
    private int top = 5;

    @Option(names = "--json", description = "Print one line of JSON per picture.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (top < 1) throw new ParameterException(spec.commandLine(), "--top: expected at least 1, got " + top);
        judgement.onDevice();
        List<String> choices = choices();
        List<String> failed = new ArrayList<>();
        try (Interruption interruption = new Interruption()) {
            // opened for a picture only: what cannot be read is told at once
            int first = 0;
            Image picture = null;
            while (first < images.size() && picture == null) {
                expectGoingOn(interruption, first);
                Seen seen = seen(images.get(first), image -> image);
                picture = seen.picture;
                if (picture == null) refuse(seen, failed);
                else classify(choices, first, picture, interruption, failed);
                first++;
            }
        }
        if (failed.size() > 1) tell(LeftOut.line(images.size() + " pictures", "unreadable", failed));
        return failed.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** A file, and the picture in it, or why there is none. */
    private record Seen(
            Path file, @Nullable Image picture, @Nullable IOException problem) {}

    private static Seen seen(Path file, UnaryOperator<Image> then) {
        try {
            return new Seen(file, then.apply(PictureFile.read(file)), null);
        } catch (IOException e) {
            return new Seen(file, null, e);
        }
    }

    private void refuse(Seen seen, List<String> failed) {
        if (seen.problem != null) tell(ErrorLine.failure(seen.problem));
        failed.add(seen.file.toString());
    }

    private void expectGoingOn(Interruption interruption, int done) {
        if (!interruption.wanted()) return;
        throw new CancellationException("stopped after " + done + " of " + images.size() + " pictures");
    }

    /** All from the {@code first} that can be read on, a batch at a time, the next ones read meanwhile. */
    private void classify(
            List<String> choices, int first, Image picture, Interruption interruption, List<String> failed)
            throws IOException {
        try (ClipFolder clip = judgement.clip();
                ZeroShotClassifier classifier =
                        new ZeroShotClassifier(clip, choices, judgement.templates(), ClassCache.standard());
                ReadAhead<Seen> all =
                        ReadAhead.pictures(images.size(), i -> seen(images.get((int) i), clip.preprocessing()::crop))) {
            List<Seen> batch = new ArrayList<>();
            batch.add(new Seen(images.get(first), clip.preprocessing().crop(picture), null));
            for (int i = first + 1; i < images.size(); i++) {
                if (interruption.wanted()) print(batch, classifier);
                expectGoingOn(interruption, i);
                Seen seen = all.at(i);
                if (seen.picture == null) refuse(seen, failed);
                else batch.add(seen);
                if (batch.size() == BATCH) print(batch, classifier);
            }
            print(batch, classifier);
        }
    }

    private void print(List<Seen> batch, ZeroShotClassifier classifier) throws IOException {
        if (batch.isEmpty()) return;
        PrintWriter out = spec.commandLine().getOut();
        List<List<Prediction>> all = classifier.classifyCropped(
                batch.stream().map(seen -> Objects.requireNonNull(seen.picture)).toList());
        for (int i = 0; i < all.size(); i++) print(out, batch.get(i).file, all.get(i));
        out.flush();
        batch.clear();
    }

    private void tell(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(spec.qualifiedName() + ": " + line);
        err.flush();
    }

    /** Blank lines are skipped; a label that comes again counts once. */
    private List<String> choices() throws IOException {
        List<String> given = labels.file == null ? labels.named : TextLines.read(labels.file, "a label");
        Set<String> distinct = new LinkedHashSet<>();
        for (String label : given) if (!label.isBlank()) distinct.add(label.strip());
        if (distinct.isEmpty()) {
            String where = labels.file == null ? "--labels" : labels.file.toString();
            throw new IOException(where + ": expected at least one label, got none");
        }
        return List.copyOf(distinct);
    }

    private void print(PrintWriter out, Path file, List<Prediction> predictions) throws IOException {
        List<Prediction> best = predictions.subList(0, Math.min(top, predictions.size()));
        if (json) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("image", file.toString());
            List<Map<String, Object>> found = new ArrayList<>();
            for (Prediction p : best) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("label", p.label());
                one.put("probability", p.probability());
                one.put("cosine", p.cosine());
                found.add(one);
            }
            line.put("labels", found);
            out.println(JSON.writeValueAsString(line));
            return;
        }
        out.println(file);
        for (Prediction p : best) {
            out.println(String.format(Locale.ROOT, "  %5.1f %%  %s", 100 * p.probability(), p.label()));
        }
    }
}

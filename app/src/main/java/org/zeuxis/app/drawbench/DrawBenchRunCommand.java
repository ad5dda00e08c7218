package org.zeuxis.app.drawbench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.DTypeOption;
import org.zeuxis.app.option.DeviceOption;
import org.zeuxis.app.option.FromWords;
import org.zeuxis.app.option.NamedModel;
import org.zeuxis.app.terminal.Interruption;
import org.zeuxis.app.terminal.ProgressLine;
import org.zeuxis.app.terminal.StepBar;
import org.zeuxis.eval.drawbench.Comparison;
import org.zeuxis.eval.drawbench.Preference;
import org.zeuxis.eval.drawbench.Prompt;
import org.zeuxis.eval.drawbench.Prompts;
import org.zeuxis.hub.Found;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.Events;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.RequestJson;
import org.zeuxis.models.SideBySide;
import org.zeuxis.models.TextToImage;
import org.zeuxis.tensor.DType;
import org.zeuxis.text.Graphemes;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code zeuxis drawbench run}: two models draw all prompts. */
@Command(
        name = "run",
        description = "Let two models draw all prompts into a folder; what is there already is not drawn again.",
        mixinStandardHelpOptions = true)
final class DrawBenchRunCommand implements Callable<Integer> {
    private static final int MOST_PICTURES = 100;
    private static final int LONGEST_TASK = 34;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            paramLabel = "NAME|FOLDER",
            required = true,
            description = "A model to compare, as imagine takes it; to be given twice, for the two of them.")
    private List<String> models = new ArrayList<>();

    @Option(
            names = "--prompts",
            paramLabel = "FILE",
            description =
                    "Prompts with their categories: CSV or TSV with the columns Prompts and Category, or lines such as"
                            + " 'Colors: a red car' (default: an own suite of 200).")
    private @Nullable Path prompts;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "Pictures of each prompt by each model (default: 8, as in the paper).")
    private int count = 8;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the pictures go (default: drawbench, in this folder).")
    private Path out = Path.of("drawbench");

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Random seed of the first picture, from which the others count up (default: 0).")
    private long seed;

    @Mixin
    private FromWords drawing = new FromWords();

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private DTypeOption dtype = new DTypeOption();

    private int drawn;

    @Override
    public Integer call() throws IOException {
        expectTwo();
        List<Prompt> all = prompts == null ? Prompts.own() : Prompts.read(prompts);
        ImageRequest request = drawing.over(ImageRequest.of("").withSeed(seed));
        device.use();
        DType type = dtype.type();
        Found<TextToImage> first = find(models.get(0));
        Found<TextToImage> second = find(models.get(1));
        if (first.name().equals(second.name())) {
            throw wrong("--model: expected two different models, got " + models.get(0) + " twice");
        }
        String settings = RequestJson.of(request, "", type, null).text();
        Comparison comparison = new Comparison(first.name(), second.name(), count, settings, all);
        if (!Comparison.isIn(out)) {
            tryOut(
                    first,
                    comparison.label(Preference.FIRST),
                    type,
                    request.withPrompt(all.get(0).text()));
            tryOut(
                    second,
                    comparison.label(Preference.SECOND),
                    type,
                    request.withPrompt(all.get(0).text()));
        }
        comparison.writeInto(out);
        int missing = missing(comparison, Preference.FIRST) + missing(comparison, Preference.SECOND);
        try (Interruption interruption = new Interruption();
                ProgressLine bar = StepBar.terminal() && missing > 0 ? ProgressLine.of("drawing", missing) : null) {
            Events events = stoppedBy(interruption);
            draw(comparison, Preference.FIRST, first, type, request, events, bar);
            draw(comparison, Preference.SECOND, second, type, request, events, bar);
        } catch (CancellationException e) {
            throw new CancellationException("stopped; " + drawn + " of " + missing
                    + " pictures were drawn, and the same command draws the rest");
        }
        PrintWriter printed = spec.commandLine().getOut();
        printed.println(out + ": " + 2 * count * all.size() + " pictures of " + all.size() + " prompts, " + drawn
                + " of them new; next: zeuxis drawbench rate " + out);
        printed.flush();
        return ExitCode.OK;
    }

    private void expectTwo() {
        if (models.size() != 2) {
            throw wrong("--model: expected two models to compare, got " + models.size()
                    + "; give --model twice, and compare further models in runs of their own");
        }
        if (count < 1 || count > MOST_PICTURES) {
            throw wrong("--count: expected 1 to " + MOST_PICTURES + " pictures of each prompt, got " + count);
        }
    }

    private Found<TextToImage> find(String name) throws IOException {
        return NamedModel.find("--model", name, TextToImage.class, spec);
    }

    /** A model that cannot draw as it is asked is found before the other has drawn for hours. */
    private void tryOut(Found<TextToImage> found, String name, DType type, ImageRequest request) throws IOException {
        try (Interruption interruption = new Interruption();
                TextToImage artist = found.open(type)) {
            artist.generate(request, stoppedBy(interruption));
        } catch (IllegalArgumentException e) {
            throw wrong(name + ": " + e.getMessage());
        } catch (CancellationException e) {
            throw new CancellationException("stopped; nothing was drawn yet");
        }
    }

    private static Events stoppedBy(Interruption interruption) {
        return event -> {
            if (interruption.wanted()) throw new CancellationException("stopped");
        };
    }

    private int missing(Comparison comparison, Preference model) {
        int missing = 0;
        for (int p = 0; p < comparison.prompts().size(); p++)
            missing += lacking(comparison, model, p).size();
        return missing;
    }

    /** Which pictures of a prompt are not there. */
    private List<Integer> lacking(Comparison comparison, Preference model, int prompt) {
        List<Integer> lacking = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (!Files.exists(comparison.picture(out, model, prompt, i))) lacking.add(i);
        }
        return lacking;
    }

    private void draw(
            Comparison comparison,
            Preference model,
            Found<TextToImage> found,
            DType type,
            ImageRequest request,
            Events events,
            @Nullable ProgressLine bar)
            throws IOException {
        if (missing(comparison, model) == 0) return;
        String name = comparison.label(model);
        List<Path> files = new ArrayList<>();
        List<ImageRequest> requests = new ArrayList<>();
        for (int p = 0; p < comparison.prompts().size(); p++) {
            for (int i : lacking(comparison, model, p)) {
                files.add(comparison.picture(out, model, p, i));
                // of a seed of its own, so that no two prompts begin with the same noise
                requests.add(
                        request.withPrompt(comparison.prompts().get(p).text()).withSeed(seed + (long) count * p + i));
            }
        }
        Iterator<Path> next = files.iterator();
        Set<String> cut = new HashSet<>();
        try (TextToImage artist = found.open(type)) {
            SideBySide.draw(artist, requests, events, picture -> {
                ImageFile.write(next.next(), picture.image(), picture.text());
                drawn++;
                String prompt = picture.request().prompt();
                if (!picture.cut().isEmpty()) cut.add(prompt);
                if (bar == null) return;
                bar.task(Graphemes.beginning(name + ": " + prompt, LONGEST_TASK));
                bar.to(drawn);
            });
        } catch (IllegalArgumentException e) {
            throw wrong(name + ": " + e.getMessage());
        }
        if (cut.isEmpty()) return;
        if (bar != null) bar.erase();
        PrintWriter err = spec.commandLine().getErr();
        err.println(spec.qualifiedName() + ": " + name + " left out the end of " + cut.size() + " of "
                + comparison.prompts().size() + " prompts, which are too long for it");
        err.flush();
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}

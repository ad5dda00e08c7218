package org.zeuxis.app.judge;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.zeuxis.app.option.ClipOption;
import org.zeuxis.app.terminal.Interruption;
import org.zeuxis.app.terminal.LeftOut;
import org.zeuxis.app.terminal.ProgressLine;
import org.zeuxis.app.terminal.StepBar;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Problem;
import org.zeuxis.eval.EmbeddedDataset;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.PromptTemplates;
import org.zeuxis.tensor.DType;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands that judge by labels share: the CLIP, its templates, a bar while it looks. */
public final class Judgement {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClipOption clip = new ClipOption();

    @Option(
            names = "--template",
            paramLabel = "TEXT",
            description = "A prompt template with {} for the label; several are averaged (default: the bare label).")
    private List<String> templates = new ArrayList<>();

    /** Refuses an unknown device before anything is opened. */
    public void onDevice() {
        clip.onDevice(spec);
    }

    /** Opens the CLIP that was asked for. */
    public ClipFolder clip() throws IOException {
        return clip.open(spec);
    }

    /** What models of this command compute in. */
    DType type() {
        return clip.type();
    }

    /** Those that were given, else the bare label. */
    public PromptTemplates templates() {
        return templates.isEmpty() ? PromptTemplates.BARE : new PromptTemplates(templates);
    }

    static EmbeddedDataset embedded(ClipFolder model, Dataset dataset, PrintWriter err) throws IOException {
        return told(looking(dataset.size(), done -> EmbeddedDataset.of(model, dataset, x -> x, done)), dataset, err);
    }

    /** The same, once it is said what could not be used, and how many pictures of the dataset that are. */
    static EmbeddedDataset told(EmbeddedDataset embedded, Dataset dataset, PrintWriter err) {
        Problem.counted(embedded.problems()).forEach(line -> err.println("left out: " + line));
        int pictures = dataset.size();
        if (embedded.places().size() < pictures) {
            BitSet used = new BitSet(pictures);
            embedded.places().forEach(used::set);
            List<String> names = IntStream.range(0, pictures)
                    .filter(i -> !used.get(i))
                    .mapToObj(dataset::key)
                    .toList();
            err.println(LeftOut.line(pictures + " pictures", "left out", names));
        }
        err.flush();
        return embedded;
    }

    /** What looks at pictures, and tells how many it has seen. */
    @FunctionalInterface
    public interface Looking<T> {
        T look(LongConsumer done) throws IOException;
    }

    /** Shows a bar on a terminal, and nothing anywhere else; Ctrl-C ends it between two pictures. */
    public static <T> T looking(long pictures, Looking<T> looking) throws IOException {
        try (Interruption interruption = new Interruption();
                ProgressLine bar = StepBar.terminal() ? ProgressLine.of("looking", pictures) : null) {
            return looking.look(seen -> {
                if (interruption.wanted()) throw new CancellationException("stopped");
                if (bar != null) bar.to(seen);
            });
        }
    }

    /** The labels of a dataset, each once, without its pictures being kept. */
    static Set<String> labels(Dataset dataset) throws IOException {
        Set<String> all = new LinkedHashSet<>();
        for (int i = 0; i < dataset.size(); i++) {
            try {
                String label = dataset.get(i).label();
                if (!label.isEmpty()) all.add(label);
            } catch (IOException e) {
                continue; // an unreadable picture names nothing
            }
        }
        if (all.isEmpty()) {
            throw new IOException("expected pictures with captions or labels, got none of " + dataset.size()
                    + " that has one, such as " + dataset.key(0));
        }
        return all;
    }

    /** For each picture {@code count} places of labels, its own among them, the others drawn at random. */
    static int[][] choices(List<Integer> truths, int labels, int count, long seed) {
        Random random = new Random(seed);
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < labels; i++) all.add(i);
        int[][] choices = new int[truths.size()][];
        for (int i = 0; i < choices.length; i++) {
            Collections.shuffle(all, random);
            int own = truths.get(i);
            choices[i] = IntStream.concat(
                            IntStream.of(own),
                            all.stream()
                                    .mapToInt(Integer::intValue)
                                    .filter(place -> place != own)
                                    .limit(count - 1))
                    .toArray();
        }
        return choices;
    }
}

package org.zeuxis.app.judge;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.ForceOption;
import org.zeuxis.app.option.PictureFiles;
import org.zeuxis.data.format.DatasetLocation;
import org.zeuxis.eval.ConfusionMatrix;
import org.zeuxis.eval.EmbeddedDataset;
import org.zeuxis.eval.Proportion;
import org.zeuxis.eval.TemplateComparison;
import org.zeuxis.eval.ZeroShotAccuracy;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.clip.ClassCache;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ZeroShotClassifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis evaluate zero-shot}: how often CLIP names the label of a picture. */
@Command(
        name = "zero-shot",
        description = "Zero-shot accuracy: how often a CLIP names the label of a picture.",
        mixinStandardHelpOptions = true)
final class ZeroShotCommand implements Callable<Integer> {
    private static final int MOST_LABELS = 40;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "DATASET",
            description = "WebDataset shards, a folder or a table; labels are the attribute label, or the captions.")
    private String dataset = "";

    @Mixin
    private Judgement judgement = new Judgement();

    @Option(
            names = "--labels-of",
            paramLabel = "DATASET",
            description = "Another dataset, whose labels are choices too.")
    private List<String> more = List.of();

    @Option(
            names = "--among",
            paramLabel = "N",
            description = "Choose among N labels drawn at random for each picture, its own included (default: all).")
    private @Nullable Integer among;

    @Mixin
    private Sampling sampling = new Sampling();

    @Option(names = "--per-class", description = "Also print a line for each label.")
    private boolean perClass;

    @Option(
            names = "--confusion",
            paramLabel = "FILE",
            description = "Draw what each label is taken for into a .png file; of more than " + MOST_LABELS
                    + " labels those most often confused.")
    private @Nullable Path confusion;

    @Mixin
    private ForceOption force = new ForceOption();

    @Option(
            names = "--templates",
            description = "Compare the bare label, one sentence and several averaged: those of --template, or the"
                    + " built-in ones.")
    private boolean templates;

    @Override
    public Integer call() throws IOException {
        if (confusion != null) PictureFiles.one("--confusion", confusion, "", force);
        ClipFolder clip = judgement.clip();
        PrintWriter out = spec.commandLine().getOut();
        EmbeddedDataset pictures = Judgement.embedded(
                clip, sampling.open(dataset), spec.commandLine().getErr());
        Set<String> names = new LinkedHashSet<>(pictures.distinctLabels());
        for (String other : more) names.addAll(Judgement.labels(DatasetLocation.open(other)));
        List<String> labels = List.copyOf(names);
        if (labels.size() < 2) {
            throw new IOException(dataset + ": expected pictures of at least 2 labels to choose among, got only of "
                    + labels + "; name more with --labels-of");
        }
        if (among != null && (among < 2 || among > labels.size())) {
            throw new ParameterException(
                    spec.commandLine(), "--among: expected 2 to " + labels.size() + " labels, got " + among);
        }
        List<Integer> truths = pictures.truths(labels);
        int[][] choices = among == null ? null : Judgement.choices(truths, labels.size(), among, sampling.seed());
        TemplateComparison.Judge judge = sentences -> ZeroShotAccuracy.among(
                new ZeroShotClassifier(clip, labels, sentences, ClassCache.standard()).cosines(pictures.images()),
                labels,
                truths,
                choices);
        ZeroShotAccuracy accuracy = judge.of(judgement.templates());
        out.println("pictures  " + truths.size());
        out.println("labels    " + (among == null ? labels.size() : among + " of " + labels.size()));
        out.println("top-1     " + accuracy.top(1));
        out.println("top-5     " + accuracy.top(5));
        if (perClass) {
            for (Map.Entry<String, Proportion> label : accuracy.perClass().entrySet()) {
                out.println(label.getKey() + "  " + label.getValue());
            }
        }
        if (templates)
            new TemplateComparison(judgement.templates(), judge).lines().forEach(out::println);
        if (confusion != null) {
            ImageFile.write(confusion, ConfusionMatrix.of(accuracy, MOST_LABELS).draw());
            out.println("confusion " + confusion);
        }
        out.flush();
        return ExitCode.OK;
    }
}

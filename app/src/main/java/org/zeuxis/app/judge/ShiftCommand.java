package org.zeuxis.app.judge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.Attribute;
import org.zeuxis.app.option.ForceOption;
import org.zeuxis.app.option.NamedModel;
import org.zeuxis.app.option.PictureFiles;
import org.zeuxis.data.Captioned;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.format.DatasetLocation;
import org.zeuxis.eval.EmbeddedDataset;
import org.zeuxis.eval.LinearProbe;
import org.zeuxis.eval.Shift;
import org.zeuxis.eval.ShiftStudy;
import org.zeuxis.eval.SupervisedBaseline;
import org.zeuxis.eval.ZeroShotAccuracy;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ImageClassifier;
import org.zeuxis.models.clip.ZeroShotClassifier;
import org.zeuxis.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis evaluate shift}: what is left of CLIP's accuracy where pictures look otherwise. */
@Command(
        name = "shift",
        description =
                "Zero-shot accuracy under distribution shift: pictures as they are, as lines, grey, blurred, noisy,"
                        + " rotated and as poor JPEGs; beside it, a supervised classifier.",
        mixinStandardHelpOptions = true)
final class ShiftCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "DATASET",
            arity = "1..*",
            description = "Labelled pictures. The labels of all datasets together are the choices in each.")
    private List<String> datasets = List.of();

    @Mixin
    private Judgement judgement = new Judgement();

    @Mixin
    private Sampling sampling = new Sampling();

    @Option(
            names = "--supervised",
            paramLabel = "TRAIN",
            description =
                    "Compare with a supervised classifier: given a dataset, a linear one on CLIP's own image tower,"
                            + " trained on all of it whatever --limit says; given a folder, one with an image tower of"
                            + " its own, as a recipe of kind classifier trains it.")
    private @Nullable String supervised;

    @Option(
            names = "--only",
            paramLabel = "NAME=VALUE",
            converter = Attribute.Reader.class,
            description = "Train the linear classifier only on pictures with this attribute, such as vendor=noto.")
    private @Nullable Attribute only;

    @Mixin
    private WeightPenalty penalty = new WeightPenalty();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Draw the accuracies as a bar chart into a .png file.")
    private @Nullable Path output;

    @Mixin
    private ForceOption force = new ForceOption();

    @Override
    public Integer call() throws IOException {
        penalty.l2(); // before anything is read
        if (only != null && supervised == null) {
            throw new ParameterException(spec.commandLine(), "--only: expected it beside --supervised, got it alone");
        }
        Path chart = output == null ? null : PictureFiles.one("-o", output, "", force);
        ClipFolder clip = judgement.clip();
        List<Dataset> opened = new ArrayList<>();
        Set<String> all = new LinkedHashSet<>();
        for (String each : datasets) {
            Dataset dataset = sampling.open(each);
            opened.add(dataset);
            all.addAll(Judgement.labels(dataset));
        }
        List<String> labels = List.copyOf(all);
        ZeroShotClassifier classifier = new ZeroShotClassifier(clip, labels, judgement.templates());
        SupervisedBaseline beside = supervised == null ? null : beside(clip, supervised);
        List<ShiftStudy.Entry> entries = new ArrayList<>();
        for (int i = 0; i < opened.size(); i++) {
            for (Shift shift : Shift.values()) {
                try (EmbeddedDataset seen = sampling.features(clip, opened.get(i), shift)) {
                    Tensor features = seen.images();
                    List<Integer> truths = seen.truths(labels);
                    Tensor cosines = classifier.cosines(clip.clip().project(features));
                    entries.add(new ShiftStudy.Entry(
                            name(datasets.get(i)),
                            shift,
                            ZeroShotAccuracy.of(cosines, labels, truths),
                            beside == null
                                    ? null
                                    : ZeroShotAccuracy.of(
                                            beside.scores(opened.get(i), shift, features, labels), labels, truths)));
                }
            }
        }
        ShiftStudy study = new ShiftStudy(entries, labels.size(), beside);
        study.lines().forEach(spec.commandLine().getOut()::println);
        if (chart != null) {
            ImageFile.write(chart, study.chart().draw());
            spec.commandLine().getOut().println(chart);
        }
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }

    private SupervisedBaseline beside(ClipFolder clip, String train) throws IOException {
        if (Files.isDirectory(Path.of(train)) && ImageClassifier.isOne(Path.of(train))) {
            if (only != null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--only: expected it beside a dataset, got a classifier, " + train + "; it is trained already");
            }
            return new SupervisedBaseline.OwnTower(
                    NamedModel.find("--supervised", train, ImageClassifier.class, spec)
                            .open(judgement.type()),
                    sampling::logits);
        }
        Dataset pictures = new Captioned(DatasetLocation.open(train));
        if (only != null) pictures = only.of(pictures);
        try (EmbeddedDataset taught = sampling.features(clip, pictures, Shift.AS_DRAWN)) {
            return new SupervisedBaseline.OnClip(LinearProbe.trained(taught.images(), taught.labels(), penalty.l2()));
        }
    }

    /** The last part of its path; all of it, if another dataset's is the same. */
    private String name(String location) {
        return datasets.stream()
                                .filter(other -> last(other).equals(last(location)))
                                .count()
                        > 1
                ? location
                : last(location);
    }

    private static String last(String location) {
        return location.substring(location.lastIndexOf('/', location.length() - 2) + 1);
    }
}

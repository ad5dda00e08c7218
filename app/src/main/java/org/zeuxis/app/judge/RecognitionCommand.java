package org.zeuxis.app.judge;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.Attribute;
import org.zeuxis.app.option.FromWords;
import org.zeuxis.app.option.ModelLoader;
import org.zeuxis.data.Cached;
import org.zeuxis.data.Captioned;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.format.DatasetLocation;
import org.zeuxis.eval.ZeroShotAccuracy;
import org.zeuxis.eval.fidelity.ClipScore;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.models.Events;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.SideBySide;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.clip.ClassCache;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ZeroShotClassifier;
import org.zeuxis.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis evaluate recognition}: whether a CLIP recognises what a model draws. */
@Command(
        name = "recognition",
        description = "Let a model draw labels and a CLIP name what it sees, beside real pictures of the same labels.",
        mixinStandardHelpOptions = true)
final class RecognitionCommand implements Callable<Integer> {
    private final ModelLoader models = ModelLoader.STANDARD;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DATASET", description = "Where the labels and the real pictures come from.")
    private String dataset = "";

    @Mixin
    private Judgement judgement = new Judgement();

    @Option(
            names = "--model",
            paramLabel = "NAME|FOLDER",
            description = "The model to generate with (default: pictograms).")
    private String model = Models.PICTOGRAMS;

    @Option(
            names = "--labels-of",
            paramLabel = "DATASET",
            description = "Another dataset, whose labels are choices too.")
    private List<String> more = List.of();

    @Option(
            names = "--only",
            paramLabel = "NAME=VALUE",
            converter = Attribute.Reader.class,
            description = "Draw only labels of pictures with this attribute, such as subgroup=food-fruit,drink.")
    private @Nullable Attribute only;

    @Option(names = "--count", paramLabel = "N", description = "How many labels, drawn at random (default: 200).")
    private int count = 200;

    @Mixin
    private FromWords drawing = new FromWords();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Random seed of the labels and of the pictures (default: 0).")
    private long seed;

    @Override
    public Integer call() throws IOException {
        ImageRequest request = drawing.over(ImageRequest.of("").withSeed(seed));
        ClipFolder clip = judgement.clip();
        try (TextToImage artist = models.load(model, judgement.type(), request, spec)) {
            judge(clip, artist, request);
        }
        return ExitCode.OK;
    }

    private void judge(ClipFolder clip, TextToImage artist, ImageRequest request) throws IOException {
        Dataset real = new Captioned(new Cached(DatasetLocation.open(dataset)));
        Set<String> all = new LinkedHashSet<>(Judgement.labels(real));
        List<String> chosen = new ArrayList<>(all);
        if (only != null) {
            real = only.of(real);
            chosen = new ArrayList<>(Judgement.labels(real));
        }
        Collections.shuffle(chosen, new Random(seed));
        chosen = chosen.subList(0, Math.min(count, chosen.size()));
        for (String other : more) all.addAll(Judgement.labels(DatasetLocation.open(other)));
        List<String> labels = List.copyOf(all);
        List<Integer> truths = chosen.stream().map(labels::indexOf).toList();

        ZeroShotClassifier classifier =
                new ZeroShotClassifier(clip, labels, judgement.templates(), ClassCache.standard());
        PrintWriter out = spec.commandLine().getOut();
        out.println("labels drawn     " + chosen.size() + " of " + dataset);
        out.println("labels to name   " + labels.size());
        Tensor texts = classifier
                .classes()
                .pick(0, Tensor.of(truths.stream().mapToLong(x -> x).toArray(), truths.size()));
        print(out, "drawn here", clip.embedImages(drawn(artist, request, chosen)), classifier, truths, texts);
        print(out, "real drawings", clip.embedImages(real(real, chosen)), classifier, truths, texts);
        out.flush();
    }

    private static void print(
            PrintWriter out,
            String what,
            Tensor pictures,
            ZeroShotClassifier classifier,
            List<Integer> truths,
            Tensor texts) {
        ZeroShotAccuracy accuracy = ZeroShotAccuracy.of(classifier.cosines(pictures), classifier.labels(), truths);
        out.printf("%-16s top-1 %s%n", what, accuracy.top(1));
        out.printf("%-16s top-5 %s%n", "", accuracy.top(5));
        out.printf("%-16s CLIPScore %s%n", "", ClipScore.of(pictures, texts));
    }

    private static List<Image> drawn(TextToImage artist, ImageRequest request, List<String> prompts)
            throws IOException {
        List<Image> pictures = new ArrayList<>();
        return Judgement.looking(prompts.size(), done -> {
            List<ImageRequest> requests =
                    prompts.stream().map(request::withPrompt).toList();
            SideBySide.draw(artist, requests, Events.NONE, drawn -> {
                pictures.add(drawn.image());
                done.accept(pictures.size());
            });
            return pictures;
        });
    }

    /** The first picture that the dataset has of each label. */
    private static List<Image> real(Dataset dataset, List<String> labels) throws IOException {
        Map<String, Image> first = new HashMap<>();
        Set<String> wanted = Set.copyOf(labels);
        for (int i = 0; i < dataset.size() && first.size() < wanted.size(); i++) {
            CaptionedImage sample;
            try {
                sample = dataset.get(i);
            } catch (IOException e) {
                continue; // its label is none that was asked for
            }
            String label = sample.label();
            if (wanted.contains(label)) first.putIfAbsent(label, sample.image());
        }
        return labels.stream().map(first::get).toList();
    }
}

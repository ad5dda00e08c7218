package org.zeuxis.app.judge;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.ForceOption;
import org.zeuxis.app.option.PictureFiles;
import org.zeuxis.app.terminal.ErrorLine;
import org.zeuxis.data.Captioned;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.format.DatasetLocation;
import org.zeuxis.eval.SimilarityMatrix;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
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

/** {@code zeuxis evaluate similarity}: how near captions and pictures are, as a picture. */
@Command(
        name = "similarity",
        description = "Draw the similarities that a CLIP finds between some captions and their pictures, as a matrix.",
        mixinStandardHelpOptions = true)
final class SimilarityCommand implements Callable<Integer> {
    private static final int MOST = 40;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DATASET", description = "WebDataset shards, a folder or a table.")
    private String dataset = "";

    @Mixin
    private Judgement judgement = new Judgement();

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "How many pictures, each with another label (default: 8).")
    private int count = 8;

    @Option(names = "--seed", paramLabel = "N", description = "Random seed of the choice (default: 0).")
    private long seed;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "A .png file (default: similarity.png, with a number if that is taken).")
    private @Nullable Path output;

    @Mixin
    private ForceOption force = new ForceOption();

    @Override
    public Integer call() throws IOException {
        if (count < 1 || count > MOST) {
            throw new ParameterException(spec.commandLine(), "--count: expected 1 to " + MOST + ", got " + count);
        }
        judgement.onDevice();
        Path file = PictureFiles.one("-o", output, "similarity.png", force);
        List<CaptionedImage> drawn = drawn(new Captioned(DatasetLocation.open(dataset)));
        ClipFolder clip = judgement.clip();
        List<Image> images = drawn.stream().map(CaptionedImage::image).toList();
        List<String> captions = drawn.stream().map(CaptionedImage::label).toList();
        SimilarityMatrix matrix = SimilarityMatrix.of(
                captions,
                new ZeroShotClassifier(clip, captions, judgement.templates()).classes(),
                images,
                clip.embedImages(images));
        ImageFile.write(file, matrix.draw());
        PrintWriter out = spec.commandLine().getOut();
        out.println(file + " (captions nearest to their own picture: " + matrix.own() + ")");
        out.flush();
        return ExitCode.OK;
    }

    /** Pictures of different labels drawn at random, in the order of the dataset. */
    private List<CaptionedImage> drawn(Dataset all) throws IOException {
        List<Integer> places =
                new ArrayList<>(IntStream.range(0, all.size()).boxed().toList());
        Collections.shuffle(places, new Random(seed));
        TreeMap<Integer, CaptionedImage> drawn = new TreeMap<>();
        Set<String> labels = new HashSet<>();
        for (int place : places) {
            if (drawn.size() == count) break;
            try {
                CaptionedImage sample = all.get(place);
                if (labels.add(sample.label())) drawn.put(place, sample);
            } catch (IOException e) {
                PrintWriter err = spec.commandLine().getErr();
                err.println(spec.qualifiedName() + ": left out: " + ErrorLine.failure(e));
                err.flush();
            }
        }
        if (drawn.isEmpty()) throw new IOException(dataset + ": expected pictures, got none that can be read");
        return List.copyOf(drawn.values());
    }
}

package org.zeuxis.app.describe;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.ClipOption;
import org.zeuxis.app.option.SpeakerOption;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.format.DatasetLocation;
import org.zeuxis.image.Image;
import org.zeuxis.image.Video;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.models.flamingo.SimilarShots;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis describe}: what a picture or a video shows, in words. */
@Command(
        name = "describe",
        description = "Say what pictures and videos show, or answer a question about each.",
        mixinStandardHelpOptions = true)
public final class DescribeCommand implements Callable<Integer> {
    /** How many pictures or videos are spoken of together. */
    private static final int AT_ONCE = 8;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "IMAGE|VIDEO", arity = "1..*", description = Shown.KINDS)
    private List<Path> images = List.of();

    @Mixin
    private SpeakerOption speaker = new SpeakerOption();

    @Option(names = "--ask", paramLabel = "TEXT", description = "A question about each (default: what it shows).")
    private String question = "";

    @Option(
            names = "--labels",
            paramLabel = "A,B,C",
            split = ",",
            description = "Answers to choose from, separated by commas; each is told with how likely it is.")
    private List<String> labels = List.of();

    @Option(
            names = "--shots",
            paramLabel = "DATASET",
            description = "Pictures with captions, which are shown first as examples of the answer that is wanted.")
    private @Nullable String shots;

    @Option(names = "--shot-count", paramLabel = "N", description = "How many of them (default: 4).")
    private int count = 4;

    @Option(
            names = "--similar",
            description =
                    "Of the examples those most like the picture, or the middle frame of the video, as the CLIP finds"
                            + " (default: the first).")
    private boolean similar;

    @Mixin
    private ClipOption clip = new ClipOption();

    @Override
    public Integer call() throws IOException {
        String unused = speaker.name(spec);
        if (count < 1)
            throw new ParameterException(spec.commandLine(), "--shot-count: expected at least 1, got " + count);
        if (similar && shots == null) {
            throw new ParameterException(spec.commandLine(), "--similar: expected --shots to choose from, got none");
        }
        if (shots == null && spec.commandLine().getParseResult().hasMatchedOption("--shot-count")) {
            throw new ParameterException(spec.commandLine(), "--shot-count: expected --shots to count, got none");
        }
        if (!similar && !clip.name("").isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--clip: expected --similar, which it finds examples for, got none; leave it out");
        }
        clip.onDevice(spec);
        List<Shown> shown = new ArrayList<>();
        for (Path image : images) shown.add(Shown.open(image));
        List<CaptionedImage> examples = examples();
        try (FlamingoFolder folder = speaker.open(clip.type(), spec);
                @Nullable ClipFolder eyes = similar ? clip.open(spec) : null) {
            SimilarShots nearest = eyes == null ? null : new SimilarShots(eyes, pictures(examples));
            for (int from = 0; from < shown.size(); from += AT_ONCE) {
                int to = Math.min(shown.size(), from + AT_ONCE);
                List<Prompt> prompts = new ArrayList<>();
                for (Shown one : shown.subList(from, to)) {
                    prompts.add(prompt(folder, one.frames(folder.frames()), examples, nearest));
                }
                describe(folder, images.subList(from, to), prompts);
            }
        }
        return ExitCode.OK;
    }

    private List<CaptionedImage> examples() throws IOException {
        List<CaptionedImage> all = new ArrayList<>();
        if (shots == null) return all;
        Dataset dataset = DatasetLocation.open(shots);
        int most = similar ? dataset.size() : Math.min(count, dataset.size());
        for (int i = 0; i < most; i++) all.add(dataset.get(i));
        return all;
    }

    private static List<Image> pictures(List<CaptionedImage> examples) {
        return examples.stream().map(CaptionedImage::image).toList();
    }

    private Prompt prompt(
            FlamingoFolder folder, Video video, List<CaptionedImage> examples, @Nullable SimilarShots nearest) {
        List<Image> frames = video.frames();
        List<CaptionedImage> shown = nearest == null
                ? examples
                : nearest.nearest(frames.get((frames.size() - 1) / 2), count).stream()
                        .map(examples::get)
                        .toList();
        Prompt prompt = Prompt.of("", List.of());
        for (CaptionedImage one : shown) {
            prompt = prompt.then(folder.dialect().answered(one.image(), question, one.caption()));
        }
        return prompt.then(folder.dialect().asking(folder.shown(List.of(video)), question));
    }

    private void describe(FlamingoFolder folder, List<Path> images, List<Prompt> prompts) {
        PrintWriter out = spec.commandLine().getOut();
        List<String> said = labels.isEmpty() ? folder.write(prompts, speaker.tokens()) : List.of();
        for (int i = 0; i < images.size(); i++) {
            if (labels.isEmpty()) {
                out.println(images.get(i) + ": " + said.get(i));
                continue;
            }
            out.println(images.get(i));
            for (FlamingoFolder.Ranked one : folder.rank(prompts.get(i), labels)) {
                out.println(String.format(Locale.ROOT, "  %8.3f  %s", one.score(), one.answer()));
            }
            out.flush();
        }
        out.flush();
    }
}

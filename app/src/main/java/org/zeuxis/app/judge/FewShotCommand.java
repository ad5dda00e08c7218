package org.zeuxis.app.judge;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.ClipOption;
import org.zeuxis.app.option.SpeakerOption;
import org.zeuxis.data.Captioned;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Problem;
import org.zeuxis.data.Selected;
import org.zeuxis.data.format.DatasetLocation;
import org.zeuxis.eval.Proportion;
import org.zeuxis.eval.drawbench.Estimate;
import org.zeuxis.eval.language.ExamplePool;
import org.zeuxis.eval.language.FewShotCurve;
import org.zeuxis.eval.language.FewShotTask;
import org.zeuxis.eval.language.Speaker;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.flamingo.SimilarShots;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis evaluate few-shot}: how well a Flamingo names or describes pictures after examples. */
@Command(
        name = "few-shot",
        description = "How often an IDEFICS or OpenFlamingo names what a picture shows, after so many examples.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "An answer is the label if it has its words and no others, whatever their case, punctuation or an article before"
                    + " them. It mentions the label if its words are among those of the answer, one after the other."
        })
final class FewShotCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "DATASET",
            arity = "1..*",
            description = "Labelled pictures, each dataset judged by itself.")
    private List<String> datasets = List.of();

    @Mixin
    private SpeakerOption speaker = new SpeakerOption();

    @Option(
            names = "--shots",
            paramLabel = "N,N,…",
            split = ",",
            description = "How many examples are shown first (default: 0,4,8,16,32).")
    private List<Integer> shots = List.of(0, 4, 8, 16, 32);

    @Option(
            names = "--examples",
            paramLabel = "DATASET",
            description = "What the examples are taken from; a picture is never its own example.")
    private @Nullable String examples;

    @Option(
            names = "--pool",
            paramLabel = "N",
            description = "Take them from N pictures of it, drawn at random (default: 1000).")
    private int pool = 1000;

    @Option(
            names = "--similar",
            description =
                    "Take those most like the picture, as the CLIP finds, the most alike last (default: at random).")
    private boolean similar;

    @Mixin
    private ClipOption clip = new ClipOption();

    @Option(
            names = "--ask",
            paramLabel = "TEXT",
            description = "The question whose answer is the label (default: " + FewShotTask.WHAT + ").")
    private @Nullable String question;

    @Option(
            names = "--captions",
            description = "Have pictures described, and judge that by CIDEr-D too, beside all captions of each.")
    private boolean captions;

    @Mixin
    private Sampling sampling = new Sampling();

    @Option(names = "--json", description = "Print one line of JSON per dataset and number of examples.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        int most = most();
        clip.onDevice(spec);
        List<Dataset> opened = new ArrayList<>();
        for (String dataset : datasets) opened.add(sampling.open(dataset));
        List<CaptionedImage> shown = most == 0 ? List.of() : examples(most);
        try (FlamingoFolder model = speaker.open(clip.type(), spec);
                @Nullable ClipFolder eyes = similar ? clip.open(spec) : null) {
            var nearest = eyes == null
                    ? null
                    : new SimilarShots(
                            eyes, shown.stream().map(CaptionedImage::image).toList());
            ExamplePool from = new ExamplePool(shown, nearest, sampling.seed());
            FewShotTask task =
                    new FewShotTask(model.dialect(), captions ? "" : question == null ? FewShotTask.WHAT : question);
            for (int i = 0; i < opened.size(); i++) {
                Dataset pictures = opened.get(i);
                FewShotCurve curve = Judgement.looking(
                        (long) pictures.size() * new TreeSet<>(shots).size(),
                        done -> FewShotCurve.of(
                                Speaker.seeing(model, speaker.tokens()), task, pictures, from, shots, done));
                print(datasets.get(i), curve);
            }
        }
        return ExitCode.OK;
    }

    /** The most examples, once it is seen that all is in order. */
    private int most() {
        String unused = speaker.name(spec);
        if (shots.stream().anyMatch(count -> count < 0)) {
            throw new ParameterException(spec.commandLine(), "--shots: expected numbers of at least 0, got " + shots);
        }
        int most = shots.stream().mapToInt(Integer::intValue).max().orElse(0);
        if (most > 0 && examples == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--examples: expected a dataset to take " + most + " examples from, got none; name one, or ask with"
                            + " --shots 0");
        }
        if (most == 0 && (examples != null || similar)) {
            throw new ParameterException(
                    spec.commandLine(),
                    (similar ? "--similar" : "--examples") + ": expected --shots above 0, got none; leave it out");
        }
        if (!similar && !clip.name("").isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--clip: expected --similar, which it finds examples for, got none; leave it out");
        }
        if (pool < 1) throw new ParameterException(spec.commandLine(), "--pool: expected at least 1, got " + pool);
        if (question != null && (captions || question.isBlank())) {
            throw new ParameterException(
                    spec.commandLine(),
                    captions
                            ? "--ask: expected it or --captions, got both"
                            : "--ask: expected a question, got none; --captions has pictures described");
        }
        return most;
    }

    private List<CaptionedImage> examples(int most) throws IOException {
        Dataset dataset =
                Selected.drawn(new Captioned(DatasetLocation.open(String.valueOf(examples))), pool, sampling.seed());
        List<CaptionedImage> all = new ArrayList<>();
        List<Problem> problems = new ArrayList<>(dataset.problems());
        for (int i = 0; i < dataset.size(); i++) {
            try {
                all.add(dataset.get(i));
            } catch (IOException e) {
                problems.add(new Problem(dataset.key(i), String.valueOf(e.getMessage())));
            }
        }
        leftOut(problems);
        if (all.size() >= most) return all;
        throw new IOException(examples + ": expected at least " + most + " examples, got " + all.size()
                + "; name a larger dataset, or ask with fewer --shots");
    }

    private void leftOut(List<Problem> problems) {
        PrintWriter err = spec.commandLine().getErr();
        Problem.counted(problems).forEach(line -> err.println("left out: " + line));
        err.flush();
    }

    private void print(String dataset, FewShotCurve curve) throws IOException {
        leftOut(curve.problems());
        PrintWriter out = spec.commandLine().getOut();
        if (!json) {
            out.println(dataset + "  " + curve.points().get(0).said().size() + " pictures");
            out.printf("%5s  %-34s  %-34s%s%n", "shots", "is the label", "mentions it", captions ? "  CIDEr-D" : "");
        }
        for (FewShotCurve.Point point : curve.points()) {
            if (json) {
                out.println(JSON.writeValueAsString(line(dataset, point)));
                continue;
            }
            String told =
                    String.format(Locale.ROOT, "%5d  %-34s  %-34s", point.shots(), point.right(), point.mentions());
            out.println((told + (captions ? "  " + point.cider().mean().plain() : "")).stripTrailing());
        }
        out.flush();
    }

    private Map<String, Object> line(String dataset, FewShotCurve.Point point) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("dataset", dataset);
        line.put("shots", point.shots());
        line.put("similar", similar);
        line.put("right", told(point.right()));
        line.put("mentions", told(point.mentions()));
        if (captions) {
            Estimate cider = point.cider().mean();
            Map<String, Object> of = new LinkedHashMap<>();
            of.put("mean", cider.mean());
            if (!Double.isNaN(cider.low())) {
                of.put("low", cider.low());
                of.put("high", cider.high());
            }
            line.put("cider_d", of);
        }
        return line;
    }

    /** A share as JSON. */
    static Map<String, Object> told(Proportion share) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("rate", share.rate());
        all.put("low", share.low());
        all.put("high", share.high());
        all.put("hits", share.hits());
        all.put("of", share.of());
        return all;
    }
}

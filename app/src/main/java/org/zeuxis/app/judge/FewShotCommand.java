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
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Problem;
import org.zeuxis.data.pictogram.scene.SceneDataset;
import org.zeuxis.data.pictogram.scene.Scenes;
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

    /** Apart from the seeds that recipes compose their scenes with. */
    private static final long HELD_OUT = 1L << 42;

    private static final int SIZE = 128;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "DATASET",
            arity = "1..*",
            description = "Labelled pictures, each dataset judged by itself.")
    private List<String> datasets = List.of();

    @Mixin
    private SpeakerOption speaker = new SpeakerOption();

    @Mixin
    private ExampleOptions examples = new ExampleOptions();

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

    @Option(
            names = "--scenes",
            description =
                    "Have as many scenes of the drawings described instead, whose captions say how many there are, on"
                            + " what colour and where; the examples, too, are scenes.")
    private boolean scenes;

    @Mixin
    private Sampling sampling = new Sampling();

    @Option(names = "--json", description = "Print one line of JSON per dataset and number of examples.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        String unused = speaker.name(spec);
        int most = examples.most(spec);
        check();
        clip.onDevice(spec);
        List<Dataset> opened = new ArrayList<>();
        for (String dataset : datasets) opened.add(sampling.open(dataset));
        Dataset pool = most == 0 ? null : examples.pool(sampling.seed());
        try (FlamingoFolder model = speaker.open(clip.type(), spec);
                @Nullable ClipFolder eyes = examples.similar() ? clip.open(spec) : null) {
            int size = Math.max(SIZE, model.preprocessing().size());
            List<CaptionedImage> shown = List.of();
            if (pool != null) {
                List<Problem> problems = new ArrayList<>();
                shown = examples.read(asked(pool, size, 1), most, problems);
                leftOut(problems);
            }
            var nearest = eyes == null
                    ? null
                    : new SimilarShots(
                            eyes, shown.stream().map(CaptionedImage::image).toList());
            ExamplePool from = new ExamplePool(shown, nearest, sampling.seed());
            FewShotTask task =
                    new FewShotTask(model.dialect(), describes() ? "" : question == null ? FewShotTask.WHAT : question);
            for (int i = 0; i < opened.size(); i++) {
                Dataset pictures = asked(opened.get(i), size, 0);
                FewShotCurve curve = Judgement.looking(
                        (long) pictures.size() * new TreeSet<>(examples.shots()).size(),
                        done -> FewShotCurve.of(
                                Speaker.seeing(model, speaker.tokens()), task, pictures, from, examples.shots(), done));
                print(datasets.get(i), curve);
            }
        }
        return ExitCode.OK;
    }

    private boolean describes() {
        return captions || scenes;
    }

    private void check() {
        if (!examples.similar() && !clip.name("").isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--clip: expected --similar, which it finds examples for, got none; leave it out");
        }
        if (question != null && (describes() || question.isBlank())) {
            throw new ParameterException(
                    spec.commandLine(),
                    describes()
                            ? "--ask: expected it alone, got it with " + (scenes ? "--scenes" : "--captions")
                            : "--ask: expected a question, got none; --captions has pictures described");
        }
    }

    /** The drawings themselves, or as many scenes of them. */
    private Dataset asked(Dataset drawings, int size, int series) {
        if (!scenes) return drawings;
        return new SceneDataset(new Scenes(drawings, size, HELD_OUT + 2 * sampling.seed() + series), drawings.size());
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
            String head = String.format(Locale.ROOT, "%5s  %-34s  %-34s", "shots", "is the label", "mentions it");
            out.println((head + (describes() ? "  CIDEr-D" : "")).stripTrailing());
        }
        for (FewShotCurve.Point point : curve.points()) {
            if (json) {
                out.println(JSON.writeValueAsString(line(dataset, point)));
                continue;
            }
            String told =
                    String.format(Locale.ROOT, "%5d  %-34s  %-34s", point.shots(), point.right(), point.mentions());
            out.println((told + (describes() ? "  " + point.cider().mean().plain() : "")).stripTrailing());
        }
        out.flush();
    }

    private Map<String, Object> line(String dataset, FewShotCurve.Point point) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("dataset", dataset);
        line.put("shots", point.shots());
        line.put("similar", examples.similar());
        line.put("right", told(point.right()));
        line.put("mentions", told(point.mentions()));
        if (describes()) {
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

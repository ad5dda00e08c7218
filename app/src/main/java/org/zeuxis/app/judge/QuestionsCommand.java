package org.zeuxis.app.judge;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.zeuxis.app.option.DTypeOption;
import org.zeuxis.app.option.DeviceOption;
import org.zeuxis.app.option.SpeakerOption;
import org.zeuxis.data.Cached;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Problem;
import org.zeuxis.data.format.DatasetLocation;
import org.zeuxis.data.pictogram.scene.AskedScenes;
import org.zeuxis.data.pictogram.scene.MovingScenes;
import org.zeuxis.eval.language.QuestionAccuracy;
import org.zeuxis.eval.language.QuestionSeries;
import org.zeuxis.eval.language.Speaker;
import org.zeuxis.models.flamingo.FlamingoFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis evaluate questions}: whether a Flamingo answers what only who sees can know. */
@Command(
        name = "questions",
        description =
                "How often an IDEFICS or OpenFlamingo answers questions about scenes of drawings, and about videos of two"
                        + " that move if it tells frames apart, beside its language model alone and beside the commonest"
                        + " answer of each kind.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "An answer is right if it has the words that are expected and no others, whatever their case, punctuation or an"
                    + " article before them."
        })
final class QuestionsCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Apart from the seeds that recipes compose their scenes with. */
    private static final long HELD_OUT = 1L << 41;

    private static final int SIZE = 128;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "DATASET",
            description = "Drawings of single things, with their names, on transparent or plain backgrounds.")
    private String dataset = "";

    @Mixin
    private SpeakerOption speaker = new SpeakerOption();

    @Option(names = "--count", paramLabel = "N", description = "Questions of each kind (default: 200).")
    private int count = 200;

    @Option(
            names = "--shots",
            paramLabel = "N",
            description = "Other questions of the same kind, about other scenes, shown first with their answers"
                    + " (default: 0).")
    private int shots;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Random seed of the scenes, which are never those of a recipe (default: 0).")
    private long seed;

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private DTypeOption dtype = new DTypeOption();

    @Option(names = "--json", description = "Print one line of JSON per kind of question, and one of all.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        String unused = speaker.name(spec);
        if (count < 1) throw new ParameterException(spec.commandLine(), "--count: expected at least 1, got " + count);
        if (shots < 0) throw new ParameterException(spec.commandLine(), "--shots: expected at least 0, got " + shots);
        device.use(spec);
        Dataset drawings = new Cached(DatasetLocation.open(dataset));
        QuestionAccuracy accuracy;
        AskedScenes scenes;
        List<QuestionSeries> kinds = new ArrayList<>();
        try (FlamingoFolder model = speaker.open(dtype.type(), spec)) {
            int size = Math.max(SIZE, model.preprocessing().size());
            scenes = new AskedScenes(drawings, size, HELD_OUT + seed);
            kinds.addAll(QuestionSeries.of(scenes));
            if (model.model().frames() > 0) {
                kinds.addAll(QuestionSeries.of(new MovingScenes(drawings, size, HELD_OUT + seed), model));
            }
            accuracy = Judgement.looking(
                    Math.multiplyFull(count, kinds.size()),
                    done -> QuestionAccuracy.of(
                            Speaker.seeing(model, speaker.tokens()),
                            Speaker.blind(model, speaker.tokens()),
                            model.dialect(),
                            kinds,
                            count,
                            shots,
                            done));
        }
        for (String line : Problem.counted(scenes.problems())) {
            spec.commandLine().getErr().println("left out: " + line);
        }
        spec.commandLine().getErr().flush();
        print(accuracy, kinds);
        return ExitCode.OK;
    }

    private void print(QuestionAccuracy accuracy, List<QuestionSeries> kinds) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (!json) {
            out.println("questions  " + accuracy.judged().size() + ", each after " + shots + " examples");
            out.printf("%-15s  %-34s  %-34s  %s%n", "kind", "right", "its language model alone", "commonest answer");
        }
        for (QuestionSeries each : kinds) print(out, each.kind(), accuracy.only(each.kind()));
        print(out, "all", accuracy);
        if (!json) out.println("seeing over not seeing, all  " + accuracy.bySeeing());
        out.flush();
    }

    private void print(PrintWriter out, String kind, QuestionAccuracy of) throws IOException {
        if (!json) {
            out.println(
                    String.format(Locale.ROOT, "%-15s  %-34s  %-34s  %s", kind, of.right(), of.blind(), of.majority()));
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("kind", kind);
        line.put("shots", shots);
        line.put("right", FewShotCommand.told(of.right()));
        line.put("blind", FewShotCommand.told(of.blind()));
        line.put("majority", FewShotCommand.told(of.majority()));
        out.println(JSON.writeValueAsString(line));
    }
}

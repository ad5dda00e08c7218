package org.zeuxis.app.judge;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.ClipOption;
import org.zeuxis.data.Cached;
import org.zeuxis.data.Problem;
import org.zeuxis.data.format.DatasetLocation;
import org.zeuxis.data.pictogram.scene.Twins;
import org.zeuxis.eval.TwinAccuracy;
import org.zeuxis.image.Image;
import org.zeuxis.image.ImageGrid;
import org.zeuxis.image.Resize;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.clip.ClipFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis evaluate scenes}: whether a CLIP tells colours, counts and places apart. */
@Command(
        name = "scenes",
        description = "How often a CLIP puts a scene of drawings nearer to its own caption than to one that is wrong"
                + " in one colour, count or place only.",
        mixinStandardHelpOptions = true)
final class ScenesCommand implements Callable<Integer> {
    /** Apart from the seeds that recipes compose their scenes with. */
    private static final long HELD_OUT = 1L << 40;

    private static final int SIZE = 64;
    private static final int SHOWN = 36;
    private static final int COLUMNS = 6;
    private static final int SHOWN_SIZE = 192;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "DATASET",
            description = "Drawings of single things, with their names, on transparent or plain backgrounds.")
    private String dataset = "";

    @Mixin
    private ClipOption clip = new ClipOption();

    @Option(names = "--count", paramLabel = "N", description = "Scenes of each kind (default: 200).")
    private int count = 200;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Random seed of the scenes, which are never those of a recipe (default: 0).")
    private long seed;

    @Option(
            names = "--sheet",
            paramLabel = "FILE",
            description = "Show the first " + SHOWN + " scenes with both captions in a .png file.")
    private @Nullable Path sheet;

    @Override
    public Integer call() throws IOException {
        if (count < 1) throw new ParameterException(spec.commandLine(), "--count: expected at least 1, got " + count);
        ClipFolder model = clip.open(spec);
        int size = Math.max(SIZE, model.clip().config().vision().imageSize());
        Twins twins = new Twins(new Cached(DatasetLocation.open(dataset)), size, HELD_OUT + seed);
        int pairs = Math.multiplyExact(count, Twins.Aspect.values().length);
        TwinAccuracy judged = Judgement.looking(2L * pairs, done -> TwinAccuracy.of(model, twins, pairs, done));
        for (String line : Problem.counted(twins.problems())) {
            spec.commandLine().getErr().println("left out: " + line);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("scenes  " + pairs + ", each with one wrong caption");
        for (Twins.Aspect aspect : Twins.Aspect.values()) {
            out.printf("%-6s  its own caption is nearer  %s%n", name(aspect), judged.right(aspect));
            out.printf("%-6s  both ways, its twin too   %s%n", "", judged.allRight(aspect));
        }
        if (sheet != null) {
            ImageFile.write(sheet, drawn(judged));
            out.println(sheet);
        }
        out.flush();
        return ExitCode.OK;
    }

    private static String name(Twins.Aspect aspect) {
        return switch (aspect) {
            case COLOR -> "colour";
            case COUNT -> "count";
            case PLACE -> "place";
        };
    }

    private static Image drawn(TwinAccuracy judged) {
        List<Image> pictures = new ArrayList<>();
        List<String> captions = new ArrayList<>();
        for (TwinAccuracy.Judged each :
                judged.pairs().subList(0, Math.min(SHOWN, judged.pairs().size()))) {
            pictures.add(new Resize(SHOWN_SIZE, SHOWN_SIZE, Resize.Filter.BOX)
                    .apply(each.pair().one().image()));
            captions.add(
                    (each.right() ? "" : "TAKEN WRONGLY: ") + each.pair().one().caption() + ", not "
                            + each.pair().other().caption());
        }
        return new ImageGrid(COLUMNS).draw(pictures, captions);
    }
}

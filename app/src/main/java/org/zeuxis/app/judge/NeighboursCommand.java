package org.zeuxis.app.judge;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.ClipOption;
import org.zeuxis.app.option.ForceOption;
import org.zeuxis.app.option.PictureFiles;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.format.DatasetLocation;
import org.zeuxis.eval.EmbeddedDataset;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis evaluate neighbours}: how much of a drawing is memory. */
@Command(
        name = "neighbours",
        description =
                "Show each picture beside its nearest neighbours in a dataset, such as the one its model was trained on.",
        mixinStandardHelpOptions = true)
final class NeighboursCommand implements Callable<Integer> {
    private static final int NEAREST = 3;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "PICTURES", description = "A folder or dataset of pictures.")
    private String pictures = "";

    @Parameters(index = "1", paramLabel = "DATASET", description = "The dataset to search for neighbours.")
    private String dataset = "";

    @Mixin
    private ClipOption option = new ClipOption();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "A .png file (default: neighbours.png, with a number if that is taken).")
    private @Nullable Path output;

    @Mixin
    private ForceOption force = new ForceOption();

    @Override
    public Integer call() throws IOException {
        option.onDevice(spec);
        Path file = PictureFiles.one("-o", output, "neighbours.png", force);
        Dataset shown = DatasetLocation.open(pictures);
        Dataset searched = DatasetLocation.open(dataset);
        ClipFolder clip = option.open(spec);
        PrintWriter err = spec.commandLine().getErr();
        EmbeddedDataset mine = Judgement.embedded(clip, shown, err);
        EmbeddedDataset theirs = Judgement.embedded(clip, searched, err);
        List<Image> cells = new ArrayList<>();
        List<String> captions = new ArrayList<>();
        List<List<Integer>> nearest = theirs.nearest(mine.images(), NEAREST);
        int side = shown.get(mine.places().get(0)).image().width();
        for (int i = 0; i < nearest.size(); i++) {
            cells.add(fitted(shown.get(mine.places().get(i)).image(), side));
            String label = mine.labels().get(i);
            captions.add(label.isEmpty() ? shown.key(mine.places().get(i)) : label);
            for (int place : nearest.get(i)) {
                CaptionedImage near = searched.get(place);
                cells.add(fitted(near.image(), side));
                captions.add("(" + (near.label().isEmpty() ? near.key() : near.label()) + ")");
            }
        }
        ImageFile.write(file, new ImageGrid(2 * (1 + NEAREST)).draw(cells, captions));
        PrintWriter out = spec.commandLine().getOut();
        out.println(file);
        out.flush();
        return ExitCode.OK;
    }

    private static Image fitted(Image image, int side) {
        return new Resize(side, side, Resize.Filter.BICUBIC).apply(image.over(255, 255, 255));
    }
}

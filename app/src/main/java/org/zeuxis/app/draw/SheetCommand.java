package org.zeuxis.app.draw;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.DTypeOption;
import org.zeuxis.app.option.DeviceOption;
import org.zeuxis.app.option.ForceOption;
import org.zeuxis.app.option.FromWords;
import org.zeuxis.app.option.ModelLoader;
import org.zeuxis.app.option.OpeningOptions;
import org.zeuxis.app.option.PictureFiles;
import org.zeuxis.app.terminal.StepBar;
import org.zeuxis.app.terminal.TextLines;
import org.zeuxis.file.AtomicFile;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.image.ImageGrid;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.TextToImage;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis sheet}: a file of prompts as one sheet of captioned pictures. */
@Command(
        name = "sheet",
        description = "Generate a picture for each line of a file, on one sheet with captions.",
        mixinStandardHelpOptions = true)
public final class SheetCommand implements Callable<Integer> {
    private static final int MOST = 1000;

    private final ModelLoader models;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "PROMPTS", description = "A text file with one prompt per line.")
    private Path prompts = Path.of("");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "A .png file (default: sheet.png, with a number if that is taken).")
    private @Nullable Path output;

    @Option(
            names = "--each",
            paramLabel = "DIR",
            description = "Also save each picture on its own, with its prompt in a .txt file beside it: a dataset.")
    private @Nullable Path each;

    @Option(
            names = "--model",
            paramLabel = "NAME|FOLDER",
            description = "The model to generate with (default: pictograms).")
    private String model = Models.PICTOGRAMS;

    @Option(names = "--columns", paramLabel = "N", description = "Pictures per row (default: 8).")
    private int columns = 8;

    @Option(names = "--seed", paramLabel = "N", description = "Random seed, the same for every picture (default: 0).")
    private long seed;

    @Mixin
    private FromWords drawing = new FromWords();

    @Mixin
    private OpeningOptions opening = new OpeningOptions();

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private DTypeOption dtype = new DTypeOption();

    @Mixin
    private ForceOption force = new ForceOption();

    public SheetCommand(ModelLoader models) {
        this.models = models;
    }

    @Override
    public Integer call() throws IOException {
        List<String> lines = TextLines.read(prompts, "a prompt");
        if (lines.isEmpty() || lines.size() > MOST) {
            throw new IOException(
                    prompts + ": expected 1 to " + MOST + " lines with a prompt on each, got " + lines.size());
        }
        ImageRequest wanted = wanted();
        Path sheet = PictureFiles.one("-o", output, "sheet.png", force);
        if (each != null) expectRoom(each, lines.size());
        device.use();
        List<Image> pictures = new ArrayList<>();
        try (TextToImage artist = opening.load(models, model, dtype.type(), wanted, spec);
                StepBar bar = StepBar.onTerminal(lines.size())) {
            for (String line : lines) {
                GeneratedImage drawn =
                        artist.generate(wanted.withPrompt(line), bar).get(0);
                pictures.add(drawn.image());
                if (each != null) write(each, pictures.size(), drawn);
            }
        } catch (CancellationException e) {
            throw new CancellationException("stopped; "
                    + (each == null
                            ? "nothing was written"
                            : pictures.size() + " of " + lines.size() + " pictures are in " + each));
        }
        ImageFile.write(sheet, new ImageGrid(columns).draw(pictures, lines));
        PrintWriter out = spec.commandLine().getOut();
        out.println(sheet + " (" + lines.size() + " pictures, seed " + seed + ")");
        out.flush();
        return ExitCode.OK;
    }

    private ImageRequest wanted() {
        if (columns < 1 || columns > 100) {
            throw new ParameterException(spec.commandLine(), "--columns: expected 1 to 100, got " + columns);
        }
        return drawing.over(ImageRequest.of("").withSeed(seed));
    }

    private void expectRoom(Path folder, int count) throws IOException {
        Files.createDirectories(folder);
        for (int number = 1; number <= count; number++) {
            force.expectFree("--each", numbered(folder, number, ".png"));
            force.expectFree("--each", numbered(folder, number, ".txt"));
        }
    }

    private static Path numbered(Path folder, int number, String extension) {
        return folder.resolve(String.format(Locale.ROOT, "%04d", number) + extension);
    }

    private static void write(Path folder, int number, GeneratedImage drawn) throws IOException {
        ImageFile.write(numbered(folder, number, ".png"), drawn.image(), drawn.text());
        AtomicFile.write(numbered(folder, number, ".txt"), drawn.request().prompt() + "\n");
    }
}

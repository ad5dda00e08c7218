package org.zeuxis.train.recipe;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.zeuxis.data.Drawn;
import org.zeuxis.train.Observer;
import org.zeuxis.train.Report;

/** What tests of recipes share: a few drawings, and a recipe's file that is written and run. */
public final class TrialRecipe {
    private TrialRecipe() {}

    /** Squares in four colours, called drawing a to d. */
    public static void squares(Path data) throws IOException {
        Files.createDirectories(data);
        List<Color> colors = List.of(Color.RED, Color.GREEN, Color.BLUE, Color.YELLOW);
        for (int i = 0; i < colors.size(); i++) {
            BufferedImage picture = new BufferedImage(32, 32, BufferedImage.TYPE_INT_ARGB);
            for (int y = 8; y < 24; y++)
                for (int x = 8; x < 24; x++) picture.setRGB(x, y, colors.get(i).getRGB());
            ImageIO.write(picture, "png", data.resolve(i + ".png").toFile());
            Files.writeString(data.resolve(i + ".txt"), "drawing " + "abcd".charAt(i));
        }
    }

    /** Four things that can be counted. */
    public static void things(Path data) throws IOException {
        Files.createDirectories(data);
        for (String label : List.of("apple", "cat", "car", "mouse")) {
            Files.write(
                    data.resolve(label + ".png"),
                    Drawn.png(Drawn.drawing(label, "tag").image()));
            Files.writeString(data.resolve(label + ".txt"), label);
        }
    }

    /**
     * Runs a recipe that is written into a folder, in a run of its name there.
     *
     * @param losses cleared, then given each step's
     */
    public static TrainingRun run(Path folder, String name, String json, boolean resume, List<Double> losses)
            throws IOException {
        Path file = Files.writeString(folder.resolve(name + ".json"), json);
        TrainingRun run = new TrainingRun(RecipeFile.read(file), folder.resolve(name));
        losses.clear();
        Observer observer = new Observer() {
            @Override
            public void stepped(Report report) {
                losses.add(report.loss());
            }
        };
        run.run(resume, observer, encoded -> {});
        return run;
    }

    public static double mean(List<Double> values) {
        return values.stream().mapToDouble(v -> v).average().orElseThrow();
    }
}

package org.zeuxis.app.drawbench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.zeuxis.eval.drawbench.Comparison;
import org.zeuxis.eval.drawbench.Preference;
import org.zeuxis.eval.drawbench.Prompt;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;

/** A folder of pictures as {@code drawbench run} leaves it: those of the model lion are red discs, those of tiger blue ones. */
public final class DrawnFolder {
    static final int RED = 0xd02828;
    static final int BLUE = 0x2858d0;

    private static final int SIDE = 48;

    private DrawnFolder() {}

    public static Comparison write(Path folder, int count, List<Prompt> prompts) throws IOException {
        Comparison comparison = new Comparison("models/lion", "models/tiger", count, "{\"seed\":0}", prompts);
        comparison.writeInto(folder);
        for (int p = 0; p < prompts.size(); p++) {
            for (int i = 0; i < count; i++) {
                write(comparison.picture(folder, Preference.FIRST, p, i), RED, "lion", 8 + i);
                write(comparison.picture(folder, Preference.SECOND, p, i), BLUE, "tiger", 8 + i);
            }
        }
        return comparison;
    }

    private static void write(Path file, int color, String model, int radius) throws IOException {
        byte[] samples = new byte[SIDE * SIDE * 3];
        for (int i = 0; i < SIDE * SIDE; i++) {
            int x = i % SIDE - SIDE / 2;
            int y = i / SIDE - SIDE / 2;
            int rgb = x * x + y * y < radius * radius ? color : 0xffffff;
            for (int c = 0; c < 3; c++) samples[3 * i + c] = (byte) (rgb >> 8 * (2 - c));
        }
        ImageFile.write(
                file, new Image(SIDE, SIDE, 3, samples), PngText.NONE.with(PngText.PARAMETERS, "Model: " + model));
    }
}

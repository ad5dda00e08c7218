package org.zeuxis.app.describe;

import java.io.IOException;
import java.nio.file.Path;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;

/** A reddish and a bluish picture, which tiny random models tell apart. */
record TwoPictures(String red, String blue) {

    static TwoPictures in(Path folder) throws IOException {
        return new TwoPictures(drawn(folder.resolve("red.png"), 0), drawn(folder.resolve("blue.png"), 2));
    }

    private static String drawn(Path file, int channel) throws IOException {
        byte[] samples = new byte[12 * 10 * 3];
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) (i % 3 == channel ? 220 : i / 8);
        ImageFile.write(file, new Image(12, 10, 3, samples));
        return file.toString();
    }
}

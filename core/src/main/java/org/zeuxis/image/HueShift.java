package org.zeuxis.image;

/**
 * Turns every colour around the circle of hues and leaves its saturation and value, grays and any alpha channel.
 *
 * @param turn in whole turns: a third makes green of red, 1 changes nothing
 * @see <a href="https://doi.org/10.1145/800248.807361">Smith (1978)</a>, the hexcone of hue, saturation and value
 */
public record HueShift(double turn) {
    public HueShift {
        if (!Double.isFinite(turn)) throw new IllegalArgumentException("expected a number of turns, got " + turn);
    }

    /** The changed picture, or the picture itself if nothing changes. */
    public Image apply(Image image) {
        double sectors = 6 * (turn - Math.floor(turn));
        if (sectors == 0) return image;
        int channels = image.channels();
        byte[] samples = image.samples().clone();
        for (int at = 0; at < samples.length; at += channels) shift(samples, at, sectors);
        return new Image(image.width(), image.height(), channels, samples);
    }

    private static void shift(byte[] samples, int at, double sectors) {
        int red = samples[at] & 255;
        int green = samples[at + 1] & 255;
        int blue = samples[at + 2] & 255;
        int most = Math.max(red, Math.max(green, blue));
        int least = Math.min(red, Math.min(green, blue));
        if (most == least) return;
        double range = most - least;
        double hue; // in sixths of a turn from red
        if (most == red) hue = (green - blue) / range;
        else if (most == green) hue = 2 + (blue - red) / range;
        else hue = 4 + (red - green) / range;
        double turned = (hue + sectors + 6) % 6;
        samples[at] = sample(5 + turned, most, range);
        samples[at + 1] = sample(3 + turned, most, range);
        samples[at + 2] = sample(1 + turned, most, range);
    }

    private static byte sample(double place, int most, double range) {
        double k = place % 6;
        return (byte) Math.round(most - range * Math.max(0, Math.min(1, Math.min(k, 4 - k))));
    }
}

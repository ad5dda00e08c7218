package org.zeuxis.eval.drawbench;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The name that people give a colour, told by its hue, saturation and brightness. */
public enum DrawnColor {
    RED,
    ORANGE,
    YELLOW,
    GREEN,
    BLUE,
    PURPLE,
    PINK,
    BROWN,
    BLACK,
    WHITE,
    GREY;

    private static final double DARK = 0.22;
    private static final double PALE = 0.16;

    /** Of a sample of sRGB, 0 to 255 each. */
    public static DrawnColor of(int red, int green, int blue) {
        int most = Math.max(red, Math.max(green, blue));
        double chroma = most - Math.min(red, Math.min(green, blue));
        double brightness = most / 255.0;
        double saturation = most == 0 ? 0 : chroma / most;
        if (brightness < DARK) return BLACK;
        if (saturation < PALE) return brightness > 0.85 ? WHITE : GREY;
        return hued(hue(red, green, blue, most, chroma), saturation, brightness);
    }

    private static double hue(int red, int green, int blue, int most, double chroma) {
        double sixth;
        if (most == red) sixth = (green - blue) / chroma;
        else if (most == green) sixth = 2 + (blue - red) / chroma;
        else sixth = 4 + (red - green) / chroma;
        return (60 * sixth + 360) % 360;
    }

    private static DrawnColor hued(double hue, double saturation, double brightness) {
        if (hue < 14 || hue >= 345) return saturation < 0.55 && brightness > 0.75 ? PINK : RED;
        if (hue < 44) return brightness < 0.7 ? BROWN : ORANGE;
        if (hue < 70) return brightness < 0.5 ? BROWN : YELLOW;
        if (hue < 168) return GREEN;
        if (hue < 258) return BLUE;
        return hue < 305 ? PURPLE : PINK;
    }

    /** Its name, such as {@code red}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if there is none of this name */
    public static DrawnColor named(String name) {
        for (DrawnColor color : values()) if (color.label().equals(name)) return color;
        String all = Arrays.stream(values()).map(DrawnColor::label).collect(Collectors.joining(", "));
        throw new IllegalArgumentException("expected a colour of " + all + ", got '" + name + "'");
    }
}

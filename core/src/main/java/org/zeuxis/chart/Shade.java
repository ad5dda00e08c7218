package org.zeuxis.chart;

import java.awt.Color;

/**
 * One blue from light to dark, in steps that look equal.
 *
 * @see <a href="https://bottosson.github.io/posts/oklab/">Oklab</a>, the space whose lightness these are even in
 */
public final class Shade {
    private static final double LIGHTEST = 0.985;
    private static final double DARKEST = 0.33;
    private static final double MOST_COLOURFUL = 0.13;
    private static final double LEAST_COLOURFUL = 0.005;
    private static final double FALL = 0.8 * Math.PI; // the dark end keeps as much blue as sRGB has room for
    private static final double HUE = Math.toRadians(255);
    private static final double INK_TURNS = 0.5;

    private Shade() {}

    /** @param share 0 is the lightest, 1 the darkest */
    public static Color of(double share) {
        double t = Math.max(0, Math.min(1, share));
        double lightness = LIGHTEST + t * (DARKEST - LIGHTEST);
        double chroma = LEAST_COLOURFUL + MOST_COLOURFUL * Math.sin(FALL * t);
        return oklab(lightness, chroma * Math.cos(HUE), chroma * Math.sin(HUE));
    }

    /** What can be read on it: dark on light, light on dark. */
    static Color inkOn(double share) {
        return share < INK_TURNS ? Lettering.INK : Color.WHITE;
    }

    private static Color oklab(double lightness, double a, double b) {
        double l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
        double m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
        double s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
        return new Color(
                sample(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
                sample(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
                sample(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s));
    }

    private static double cube(double x) {
        return x * x * x;
    }

    /** Linear light as an 8-bit sample of sRGB. */
    private static int sample(double light) {
        double x = Math.max(0, Math.min(1, light));
        return (int) Math.round(255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * Math.pow(x, 1 / 2.4) - 0.055));
    }
}

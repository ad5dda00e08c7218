package org.zeuxis.chart;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.util.List;
import org.zeuxis.text.Graphemes;

/** Text in a picture: measured, cut to its room, drawn along or upwards. */
record Lettering(Font font) {
    static final Color INK = new Color(0x222222);
    static final Color FAINT = new Color(0x6b6b6b);
    static final Color LINE = new Color(0xdddddd);

    static final Lettering TITLE = new Lettering(new Font(Font.SANS_SERIF, Font.BOLD, 16));
    static final Lettering TEXT = new Lettering(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    static final Lettering SMALL = new Lettering(new Font(Font.SANS_SERIF, Font.PLAIN, 10));

    private static final FontRenderContext SMOOTH = new FontRenderContext(null, true, true);
    private static final String ELLIPSIS = "…";

    /** Where a text stands to its point. */
    enum Align {
        LEFT(0),
        MIDDLE(0.5),
        RIGHT(1);

        private final double before;

        Align(double before) {
            this.before = before;
        }
    }

    /** A white sheet to draw on; the caller disposes of its graphics. */
    static Graphics2D on(BufferedImage sheet) {
        Graphics2D graphics = sheet.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        return graphics;
    }

    /**
     * Pixels, rounded up.
     *
     * @throws IllegalStateException if this Java finds no font
     */
    int width(String text) {
        try {
            return (int) Math.ceil(font.getStringBounds(text, SMOOTH).getWidth());
        } catch (LinkageError | RuntimeException e) {
            throw new IllegalStateException(
                    "expected a font for the labels, but this Java finds none; install fontconfig and a font such as"
                            + " DejaVu",
                    e);
        }
    }

    /** The width of the widest. */
    int widest(List<String> texts) {
        return texts.stream().mapToInt(this::width).max().orElse(0);
    }

    /** The text itself, or its beginning with an ellipsis. */
    String fitted(String text, int room) {
        if (width(text) <= room) return text;
        String beginning = text;
        while (!beginning.isEmpty() && width(beginning.strip() + ELLIPSIS) > room) {
            beginning = Graphemes.withoutLast(beginning);
        }
        return beginning.strip() + ELLIPSIS;
    }

    /** @param y the middle of the line */
    void draw(Graphics2D graphics, String text, double x, double y, Align align, Color colour) {
        graphics.setFont(font);
        graphics.setColor(colour);
        double left = x - align.before * font.getStringBounds(text, SMOOTH).getWidth();
        graphics.drawString(text, (float) left, (float) (y + 0.36 * font.getSize2D()));
    }

    /**
     * Draws it turned to the left, to be read upwards.
     *
     * @param x the middle of the line
     * @param y of the point; the text ends above it if {@code align} is {@code LEFT}
     */
    void drawUpwards(Graphics2D graphics, String text, double x, double y, Align align, Color colour) {
        AffineTransform upright = graphics.getTransform();
        graphics.translate(x, y);
        graphics.rotate(-Math.PI / 2);
        draw(graphics, text, 0, 0, align, colour);
        graphics.setTransform(upright);
    }
}

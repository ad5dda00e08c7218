package org.zeuxis.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import org.zeuxis.chart.Lettering.Align;
import org.zeuxis.image.Image;

/**
 * Shares as bars with their 95 % intervals: panels beneath one another, each with a group of bars for each category.
 *
 * @param title above all, with a {@code subtitle} under it
 * @param categories a name for each group, from the left
 * @param series what the bars of a group are, at most two
 * @param panels from the top, all on one scale
 */
public record BarChart(
        String title, String subtitle, List<String> categories, List<String> series, List<Panel> panels) {
    private static final Color[] COLOURS = {Shade.of(0.7), new Color(0xe08a1e)};
    private static final double[] SCALES = {0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1};
    private static final int MARGIN = 20;
    private static final int LINE = 20;
    private static final int LEFT = 64;
    private static final int PLOT = 120;
    private static final int PANEL = LINE + LINE / 2 + PLOT + LINE + LINE / 2;
    private static final int BAR = 34;
    private static final int BETWEEN = 26;
    private static final int WHISKER = 4;
    private static final int GRID_LINES = 4;

    /**
     * A share of 0 to 1.
     *
     * @param low the lower end of its interval, up to {@code high}
     */
    public record Bar(double share, double low, double high) {}

    /** @param bars for each category one of each series */
    public record Panel(String name, List<List<Bar>> bars) {}

    /** @throws IllegalArgumentException if there is no panel, or one lacks a bar */
    public BarChart {
        int groups = categories.size();
        int each = series.size();
        if (panels.isEmpty() || groups < 1 || each < 1 || each > COLOURS.length) {
            throw new IllegalArgumentException("expected panels, categories and 1 to " + COLOURS.length
                    + " series, got " + panels.size() + ", " + groups + " and " + each);
        }
        for (Panel panel : panels) {
            if (panel.bars.size() != groups || panel.bars.stream().anyMatch(group -> group.size() != each)) {
                throw new IllegalArgumentException(
                        panel.name + ": expected " + groups + " groups of " + each + ", got " + panel.bars);
            }
        }
    }

    public Image draw() {
        int group = groupWidth();
        int top = MARGIN + 2 * LINE + LINE / 2 + (series.size() > 1 ? LINE + LINE / 2 : 0);
        int needed = Math.max(Lettering.TITLE.width(title), Lettering.TEXT.width(subtitle));
        int width = Math.max(LEFT + categories.size() * group, MARGIN + needed) + MARGIN;
        BufferedImage sheet =
                new BufferedImage(width, top + panels.size() * PANEL + MARGIN, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = Lettering.on(sheet);
        try {
            Lettering.TITLE.draw(graphics, title, MARGIN, MARGIN + LINE / 2.0, Align.LEFT, Lettering.INK);
            Lettering.TEXT.draw(graphics, subtitle, MARGIN, MARGIN + 1.5 * LINE, Align.LEFT, Lettering.FAINT);
            if (series.size() > 1) drawLegend(graphics, MARGIN + 3.0 * LINE);
            for (int i = 0; i < panels.size(); i++) draw(graphics, panels.get(i), top + i * PANEL, group);
        } finally {
            graphics.dispose();
        }
        return Image.of(sheet);
    }

    private int groupWidth() {
        return Math.max(series.size() * BAR, Lettering.TEXT.widest(categories)) + BETWEEN;
    }

    private double scale() {
        double highest = panels.stream()
                .flatMap(panel -> panel.bars.stream())
                .flatMap(List::stream)
                .mapToDouble(Bar::high)
                .max()
                .orElse(1);
        for (double scale : SCALES) if (scale >= highest) return scale;
        return 1;
    }

    private void drawLegend(Graphics2D graphics, double y) {
        double x = MARGIN;
        for (int i = 0; i < series.size(); i++) {
            graphics.setColor(COLOURS[i]);
            graphics.fill(new Rectangle2D.Double(x, y - WHISKER, 2 * WHISKER, 2 * WHISKER));
            x += 3 * WHISKER;
            Lettering.TEXT.draw(graphics, series.get(i), x, y, Align.LEFT, Lettering.INK);
            x += Lettering.TEXT.width(series.get(i)) + BETWEEN;
        }
    }

    private void draw(Graphics2D graphics, Panel panel, int top, int group) {
        double base = top + LINE + LINE / 2.0 + PLOT;
        double scale = scale();
        double right = LEFT + categories.size() * group;
        Lettering.TEXT.draw(graphics, panel.name, MARGIN, top + LINE / 2.0, Align.LEFT, Lettering.INK);
        for (int i = 0; i <= GRID_LINES; i++) {
            double y = base - i * PLOT / (double) GRID_LINES;
            graphics.setColor(i == 0 ? Lettering.FAINT : Lettering.LINE);
            graphics.draw(new Line2D.Double(LEFT, y, right, y));
            Lettering.SMALL.draw(graphics, percent(scale * i / GRID_LINES), LEFT - 6, y, Align.RIGHT, Lettering.FAINT);
        }
        for (int i = 0; i < categories.size(); i++) {
            double middle = LEFT + (i + 0.5) * group;
            String name = categories.get(i);
            Lettering.TEXT.draw(graphics, name, middle, base + LINE / 2.0 + 2, Align.MIDDLE, Lettering.INK);
            List<Bar> bars = panel.bars.get(i);
            for (int k = 0; k < bars.size(); k++) {
                double x = middle + (k - bars.size() / 2.0) * BAR;
                draw(graphics, bars.get(k), x, base, PLOT / scale, COLOURS[k]);
            }
        }
    }

    private static void draw(Graphics2D graphics, Bar bar, double left, double base, double perOne, Color colour) {
        double height = bar.share() * perOne;
        double middle = left + BAR / 2.0;
        double low = base - Math.max(0, bar.low()) * perOne;
        double high = base - bar.high() * perOne;
        graphics.setColor(colour);
        graphics.fill(new Rectangle2D.Double(left + 2, base - height, BAR - 4, height));
        graphics.setColor(Lettering.INK);
        graphics.setStroke(new BasicStroke(1.2f));
        graphics.draw(new Line2D.Double(middle, low, middle, high));
        for (double y : new double[] {low, high}) {
            graphics.draw(new Line2D.Double(middle - WHISKER, y, middle + WHISKER, y));
        }
        graphics.setStroke(new BasicStroke(1));
        String value = String.format(Locale.ROOT, "%.1f", 100 * bar.share());
        Lettering.SMALL.draw(graphics, value, middle, high - 8, Align.MIDDLE, Lettering.INK);
    }

    private static String percent(double share) {
        double percent = Math.round(1000 * share) / 10.0;
        return String.format(Locale.ROOT, percent == Math.rint(percent) ? "%.0f %%" : "%.1f %%", percent);
    }
}

package org.zeuxis.chart;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import org.zeuxis.chart.Lettering.Align;
import org.zeuxis.image.Image;

/**
 * A table of numbers as a picture: the larger a number, the darker its cell; beneath it what the shades mean.
 *
 * @param title above all, with a {@code subtitle} under it
 * @param rows what they are and the name of each, from the top
 * @param columns what stands above them
 * @param cells for each row one of each column
 * @param side of a cell in pixels; it grows with its text
 */
public record HeatMap(
        String title,
        String subtitle,
        Axis rows,
        HeatMapHead columns,
        List<List<Cell>> cells,
        Legend legend,
        int side) {
    private static final int MARGIN = 20;
    private static final int GAP = 8;
    private static final int LINE = 20;
    private static final int LONGEST_NAME = 230;
    private static final int LEGEND_WIDTH = 180;
    private static final int LEGEND_HEIGHT = 12;

    /** @param shade 0 (lightest) to 1 (darkest) */
    public record Cell(double shade, String text) {}

    /** @param name what its {@code labels} are */
    public record Axis(String name, List<String> labels) {}

    /** What the shades mean. */
    public record Legend(String name, String lightest, String darkest) {}

    public HeatMap {
        if (cells.size() != rows.labels().size() || cells.stream().anyMatch(row -> row.size() != columns.count())) {
            throw new IllegalArgumentException("expected cells for "
                    + rows.labels().size() + " rows of " + columns.count() + " columns, got " + cells.size() + " rows");
        }
    }

    public Image draw() {
        int column = columnWidth();
        int left = MARGIN + LINE + Math.min(LONGEST_NAME, Lettering.TEXT.widest(rows.labels)) + GAP;
        int top = MARGIN + 2 * LINE + GAP + (columns.name().isEmpty() ? 0 : LINE) + columns.height(column);
        int bottom = top + cells.size() * side;
        int width = Math.max(left + columns.count() * column, MARGIN + widestLine()) + MARGIN;
        BufferedImage sheet =
                new BufferedImage(width, bottom + 2 * GAP + 2 * LINE + MARGIN / 2, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = Lettering.on(sheet);
        try {
            drawNames(graphics, left, top, column);
            for (int i = 0; i < cells.size(); i++) {
                for (int j = 0; j < columns.count(); j++) {
                    draw(graphics, cells.get(i).get(j), left + j * column, top + i * side, column);
                }
            }
            drawLegend(graphics, left, bottom + 2 * GAP);
        } finally {
            graphics.dispose();
        }
        return Image.of(sheet);
    }

    private int columnWidth() {
        List<String> texts =
                cells.stream().flatMap(List::stream).map(Cell::text).distinct().toList();
        return Math.max(side, Lettering.SMALL.widest(texts) + GAP);
    }

    private int widestLine() {
        return Math.max(Lettering.TITLE.width(title), Lettering.TEXT.width(subtitle));
    }

    private void drawNames(Graphics2D graphics, int left, int top, int column) {
        Lettering.TITLE.draw(graphics, title, MARGIN, MARGIN + LINE / 2.0, Align.LEFT, Lettering.INK);
        Lettering.TEXT.draw(graphics, subtitle, MARGIN, MARGIN + 1.5 * LINE, Align.LEFT, Lettering.FAINT);
        double heading = MARGIN + 2.5 * LINE + GAP;
        Lettering.TEXT.draw(graphics, columns.name(), left, heading, Align.LEFT, Lettering.FAINT);
        double beside = MARGIN + LINE / 2.0;
        Lettering.TEXT.drawUpwards(graphics, rows.name, beside, top, Align.RIGHT, Lettering.FAINT);
        for (int j = 0; j < columns.count(); j++) columns.draw(graphics, j, left + j * column, top, column);
        for (int i = 0; i < cells.size(); i++) {
            String name = Lettering.TEXT.fitted(rows.labels.get(i), LONGEST_NAME);
            double middle = top + (i + 0.5) * side;
            Lettering.TEXT.draw(graphics, name, left - GAP, middle, Align.RIGHT, Lettering.INK);
        }
    }

    private void draw(Graphics2D graphics, Cell cell, int x, int y, int width) {
        Rectangle2D place = new Rectangle2D.Double(x, y, width, side);
        graphics.setColor(Shade.of(cell.shade));
        graphics.fill(place);
        graphics.setColor(Lettering.LINE);
        graphics.draw(place);
        Lettering letters = side > 2 * LINE ? Lettering.TEXT : Lettering.SMALL;
        letters.draw(
                graphics, cell.text, place.getCenterX(), place.getCenterY(), Align.MIDDLE, Shade.inkOn(cell.shade));
    }

    private void drawLegend(Graphics2D graphics, int left, int top) {
        Lettering.TEXT.draw(graphics, legend.name, left, top + LINE / 2.0, Align.LEFT, Lettering.FAINT);
        double middle = top + 1.5 * LINE;
        int from = left + Lettering.TEXT.width(legend.lightest) + GAP;
        Lettering.TEXT.draw(graphics, legend.lightest, left, middle, Align.LEFT, Lettering.INK);
        for (int x = 0; x < LEGEND_WIDTH; x++) {
            graphics.setColor(Shade.of(x / (LEGEND_WIDTH - 1.0)));
            graphics.fill(new Rectangle2D.Double(from + x, middle - LEGEND_HEIGHT / 2.0, 1, LEGEND_HEIGHT));
        }
        graphics.setColor(Lettering.LINE);
        graphics.draw(new Rectangle2D.Double(from, middle - LEGEND_HEIGHT / 2.0, LEGEND_WIDTH, LEGEND_HEIGHT));
        int end = from + LEGEND_WIDTH + GAP;
        Lettering.TEXT.draw(graphics, legend.darkest, end, middle, Align.LEFT, Lettering.INK);
    }
}

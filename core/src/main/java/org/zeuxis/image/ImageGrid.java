package org.zeuxis.image;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.zeuxis.text.Graphemes;

/**
 * A contact sheet: pictures in rows and columns, each with its caption under it.
 *
 * @param columns pictures per row, at least 1
 * @param gap pixels between pictures and around them, at least 0
 * @param background 0xRRGGBB; captions are black or white, whichever is easier to read on it
 */
public record ImageGrid(int columns, int gap, int background) {
    private static final int SMALLEST_TEXT = 11;
    private static final int LARGEST_TEXT = 22;
    private static final int MOST_LINES = 4;
    private static final int TEXT_WIDTHS_PER_PICTURE = 20; // ems
    private static final String ELLIPSIS = "…";

    /** @throws IllegalArgumentException if there are no columns or the gap is under 0 */
    public ImageGrid {
        if (columns < 1 || gap < 0) {
            throw new IllegalArgumentException(
                    "expected at least 1 column and a gap of at least 0, got " + columns + " and " + gap);
        }
    }

    /** On white, with a gap of 12. */
    public ImageGrid(int columns) {
        this(columns, 12, 0xffffff);
    }

    /** A sheet without captions. */
    public Image draw(List<Image> pictures) {
        return draw(pictures, List.of());
    }

    /**
     * Draws the sheet; smaller pictures stand in the middle of their places, transparent ones on the background.
     *
     * @param captions one per picture, or none at all; they are wrapped to four lines, and then cut with an ellipsis
     * @throws IllegalArgumentException if there are no pictures, or the captions are not as many
     * @throws IllegalStateException if there are captions but this Java finds no font
     */
    public Image draw(List<Image> pictures, List<String> captions) {
        if (pictures.isEmpty() || !captions.isEmpty() && captions.size() != pictures.size()) {
            throw new IllegalArgumentException("expected at least one picture, and a caption for each or none, got "
                    + pictures.size() + " pictures and " + captions.size() + " captions");
        }
        int across = Math.min(columns, pictures.size());
        int cellWidth = pictures.stream().mapToInt(Image::width).max().orElseThrow();
        int cellHeight = pictures.stream().mapToInt(Image::height).max().orElseThrow();
        int width = gap + across * (cellWidth + gap);

        int size = Math.max(SMALLEST_TEXT, Math.min(LARGEST_TEXT, cellWidth / TEXT_WIDTHS_PER_PICTURE));
        List<List<String>> lines = captions.isEmpty() ? List.of() : wrapAll(captions, size, cellWidth);
        int lineHeight = size * 4 / 3;
        int[] tops = new int[(pictures.size() + across - 1) / across + 1];
        tops[0] = gap;
        for (int row = 0; row < tops.length - 1; row++) {
            int most = 0;
            for (int i = row * across; i < Math.min(lines.size(), (row + 1) * across); i++) {
                most = Math.max(most, lines.get(i).size());
            }
            tops[row + 1] = tops[row] + cellHeight + (most == 0 ? 0 : size / 2 + most * lineHeight) + gap;
        }

        BufferedImage sheet = new BufferedImage(width, tops[tops.length - 1], BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        try {
            graphics.setColor(new Color(background));
            graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
            if (!lines.isEmpty()) prepareText(graphics, size);
            for (int i = 0; i < pictures.size(); i++) {
                Image picture = pictures.get(i);
                int left = gap + i % across * (cellWidth + gap);
                int top = tops[i / across];
                int x = left + (cellWidth - picture.width()) / 2;
                graphics.drawImage(picture.toBufferedImage(), x, top + (cellHeight - picture.height()) / 2, null);
                if (lines.isEmpty()) continue;
                FontMetrics metrics = graphics.getFontMetrics();
                int baseline = top + cellHeight + size / 2 + size;
                for (String line : lines.get(i)) {
                    graphics.drawString(line, left + (cellWidth - metrics.stringWidth(line)) / 2, baseline);
                    baseline += lineHeight;
                }
            }
        } finally {
            graphics.dispose();
        }
        return Image.of(sheet);
    }

    private void prepareText(Graphics2D graphics, int size) {
        int red = background >> 16 & 255;
        int green = background >> 8 & 255;
        int luma = (299 * red + 587 * green + 114 * (background & 255)) / 1000;
        graphics.setColor(luma > 127 ? new Color(0x222222) : new Color(0xeeeeee));
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, size));
    }

    private List<List<String>> wrapAll(List<String> captions, int size, int width) {
        Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        try {
            prepareText(graphics, size);
            FontMetrics metrics = graphics.getFontMetrics();
            return captions.stream()
                    .map(caption -> wrap(caption, metrics, width))
                    .toList();
        } catch (LinkageError | RuntimeException e) {
            throw new IllegalStateException(
                    "expected a font for the captions, but this Java finds none; install fontconfig and a font such as"
                            + " DejaVu, or draw the sheet without captions",
                    e);
        } finally {
            graphics.dispose();
        }
    }

    /** Lines no wider than the picture, broken at spaces, or inside a word that is too wide by itself. */
    private static List<String> wrap(String caption, FontMetrics metrics, int width) {
        List<String> lines = new ArrayList<>();
        String line = "";
        for (String word : caption.strip().split("\\s+", -1)) {
            String longer = line.isEmpty() ? word : line + " " + word;
            if (metrics.stringWidth(longer) <= width) {
                line = longer;
                continue;
            }
            if (!line.isEmpty()) lines.add(line);
            line = word;
            while (metrics.stringWidth(line) > width && Graphemes.end(line, 0) < line.length()) {
                int fits = fitting(line, metrics, width);
                lines.add(line.substring(0, fits));
                line = line.substring(fits);
            }
        }
        if (!line.isEmpty()) lines.add(line);
        if (lines.size() <= MOST_LINES) return lines;
        String last = lines.get(MOST_LINES - 1) + ELLIPSIS;
        while (metrics.stringWidth(last) > width && last.length() > 2) {
            last = Graphemes.withoutLast(last.substring(0, last.length() - 1)).strip() + ELLIPSIS;
        }
        List<String> cut = new ArrayList<>(lines.subList(0, MOST_LINES - 1));
        cut.add(last);
        return cut;
    }

    private static int fitting(String word, FontMetrics metrics, int width) {
        int fits = Graphemes.end(word, 0);
        while (fits < word.length()) {
            int more = Graphemes.end(word, fits);
            if (metrics.stringWidth(word.substring(0, more)) > width) break;
            fits = more;
        }
        return fits;
    }
}

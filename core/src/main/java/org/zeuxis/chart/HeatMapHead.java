package org.zeuxis.chart;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import org.zeuxis.chart.Lettering.Align;
import org.zeuxis.image.Image;
import org.zeuxis.image.Resize;

/** What stands above the columns of a {@link HeatMap}. */
public sealed interface HeatMapHead {
    int GAP = 6;
    int LONGEST_NAME = 200;

    /** What the columns are; empty if one sees it. */
    String name();

    int count();

    /** Pixels, for columns of {@code width}. */
    int height(int width);

    /** Draws column {@code i} in the {@code width} pixels right of {@code x}, down to {@code y}. */
    void draw(Graphics2D graphics, int i, int x, int y, int width);

    /** Texts, to be read upwards. */
    record Names(String name, List<String> texts) implements HeatMapHead {
        @Override
        public int count() {
            return texts.size();
        }

        @Override
        public int height(int width) {
            return Math.min(LONGEST_NAME, Lettering.TEXT.widest(texts)) + 2 * GAP;
        }

        @Override
        public void draw(Graphics2D graphics, int i, int x, int y, int width) {
            String text = Lettering.TEXT.fitted(texts.get(i), LONGEST_NAME);
            Lettering.TEXT.drawUpwards(graphics, text, x + width / 2.0, y - GAP, Align.LEFT, Lettering.INK);
        }
    }

    /** Pictures, as large as their columns are wide. */
    record Thumbnails(List<Image> pictures) implements HeatMapHead {
        @Override
        public String name() {
            return "";
        }

        @Override
        public int count() {
            return pictures.size();
        }

        @Override
        public int height(int width) {
            return width + GAP;
        }

        @Override
        public void draw(Graphics2D graphics, int i, int x, int y, int width) {
            Image picture = pictures.get(i).over(255, 255, 255);
            double scale = (width - GAP) / (double) Math.max(picture.width(), picture.height());
            int across = Math.max(1, (int) Math.round(scale * picture.width()));
            int down = Math.max(1, (int) Math.round(scale * picture.height()));
            BufferedImage small = new Resize(across, down, Resize.Filter.BICUBIC)
                    .apply(picture)
                    .toBufferedImage();
            graphics.drawImage(small, x + (width - across) / 2, y - GAP / 2 - (width - GAP + down) / 2, null);
        }
    }
}

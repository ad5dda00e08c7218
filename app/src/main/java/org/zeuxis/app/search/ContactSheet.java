package org.zeuxis.app.search;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.zeuxis.image.Image;
import org.zeuxis.image.Resize;

/**
 * Pictures with captions as a page of HTML that needs nothing else: no script, no file beside it, no network.
 *
 * @param title what was asked for
 */
public record ContactSheet(String title, List<Entry> entries) {
    private static final int LONGER_SIDE = 320;
    private static final String HEAD = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
        <meta name="color-scheme" content="light dark">
        <title>%1$s</title>
        <style>
        :root { --paper: #fbfaf8; --ink: #22201d; --faint: #6b665f; --line: #e3dfd8; --mat: #ffffff; }
        @media (prefers-color-scheme: dark) {
          :root { --paper: #171614; --ink: #eceae6; --faint: #a19b92; --line: #34312d; --mat: #211f1d; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; padding: clamp(1rem, 4vw, 3rem); background: var(--paper); color: var(--ink);
          font: 1rem/1.5 system-ui, sans-serif; }
        header { margin-bottom: 1.5rem; }
        h1 { margin: 0; font-size: clamp(1.25rem, 4vw, 1.75rem); font-weight: 600; overflow-wrap: anywhere; }
        header p { margin: .25rem 0 0; color: var(--faint); }
        ol { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(9.5rem, 100%%), 1fr));
          gap: 1rem; margin: 0; padding: 0; list-style: none; }
        figure { margin: 0; }
        .mat { display: grid; place-items: center; aspect-ratio: 1; overflow: hidden; background: var(--mat);
          border: 1px solid var(--line); border-radius: .5rem; color: var(--faint); font-size: .875rem; }
        .mat img { width: 100%%; height: 100%%; object-fit: contain; }
        figcaption { margin-top: .4rem; font-size: .8125rem; line-height: 1.35; overflow-wrap: anywhere; }
        figcaption b { display: block; font-weight: 600; font-variant-numeric: tabular-nums; }
        figcaption bdi { color: var(--faint); }
        </style>
        </head>
        <body>
        <header><h1>%1$s</h1><p>%2$s</p></header>
        <ol>
        """;

    /**
     * One picture.
     *
     * @param thumbnail a data URI; null if it can no longer be read
     */
    public record Entry(
            String path, double cosine, @Nullable String thumbnail) {}

    /** The picture in the file, small, as a data URI; null if it cannot be read any more. */
    public static @Nullable String thumbnail(Path file) {
        try {
            Image image = PictureFile.read(file).over(255, 255, 255);
            double scale = Math.min(1, (double) LONGER_SIDE / Math.max(image.width(), image.height()));
            int width = Math.max(1, (int) Math.round(image.width() * scale));
            int height = Math.max(1, (int) Math.round(image.height() * scale));
            BufferedImage small = new Resize(width, height, Resize.Filter.BICUBIC)
                    .apply(image)
                    .toBufferedImage();
            ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
            ImageIO.setUseCache(false);
            if (!ImageIO.write(small, "jpeg", jpeg)) return null;
            return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(jpeg.toByteArray());
        } catch (IOException e) {
            return null;
        }
    }

    public String html() {
        String count = entries.size() + (entries.size() == 1 ? " picture" : " pictures");
        StringBuilder page = new StringBuilder(String.format(Locale.ROOT, HEAD, escaped(title), count));
        for (Entry entry : entries) {
            String path = escaped(entry.path());
            page.append("<li><figure><div class=\"mat\">");
            if (entry.thumbnail() == null) page.append("no longer there");
            else {
                page.append("<img alt=\"").append(path).append("\" src=\"");
                page.append(escaped(Objects.requireNonNull(entry.thumbnail()))).append("\">");
            }
            page.append("</div><figcaption><b>").append(String.format(Locale.ROOT, "%.3f", entry.cosine()));
            page.append("</b><bdi>").append(path).append("</bdi></figcaption></figure></li>\n");
        }
        return page.append("</ol>\n</body>\n</html>\n").toString();
    }

    /** As text or a quoted attribute; a file may be called anything. */
    static String escaped(String text) {
        StringBuilder safe = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(Character.isISOControl(c) || lonely(c) ? 0xfffd : c);
            }
        });
        return safe.toString();
    }

    private static boolean lonely(int c) {
        return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    }
}

package org.zeuxis.app.dataset.pictogram;

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.DomElement;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.parser.css.CssParser;
import com.github.weisj.jsvg.parser.css.StyleSheet;
import com.github.weisj.jsvg.view.ViewBox;
import java.awt.Component;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.zeuxis.image.Image;
import org.zeuxis.text.Words;

/**
 * Draws an SVG into a square picture with a transparent background.
 *
 * <p>It draws four times larger and averages, because Java2D does not antialias clip paths and filters.
 */
final class Rasterizer {
    private static final int OVERSAMPLING = 4;

    /** Held, as a logger that nobody holds forgets its level: what it tells in many lines, an exception tells in one. */
    private static final Logger JSVG = Logger.getLogger("com.github.weisj.jsvg");

    static {
        JSVG.setLevel(Level.OFF);
    }

    /** In all else jsvg would close a path again and again, until the memory is full. */
    private static final Pattern AFTER_CLOSING = Pattern.compile("[zZ][\\s,]*[^\\s,MmZzLlHhVvCcSsQqTtAa]");

    /** Ten million and more: a curve so far out is halved for seconds before it is found to be outside. */
    private static final Pattern FAR_OUT = Pattern.compile("(?<![\\d.])\\d{8}|\\d\\.?[eE]\\+?(\\d{2}|[7-9])");

    /** Where no path is looked for. */
    private static final Pattern PATH_IN_STYLE = Pattern.compile("(?<![\\w.#:-])(d|path)\\s*:");

    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/", Pattern.DOTALL);
    private static final CssParser CSS = LoaderContext.createDefault().cssParser();
    private static final LoaderContext LOADING = LoaderContext.builder()
            .preProcessor(Rasterizer::expectPaths)
            .cssParser(Rasterizer::styles)
            .build();

    private final int size;

    /** @param size width and height in pixels */
    Rasterizer(int size) {
        if (size < 8 || size > 4096) throw new IllegalArgumentException("expected a size of 8 to 4096, got " + size);
        this.size = size;
    }

    /**
     * @return [size, size, 4], straight alpha
     * @throws IOException if the SVG cannot be parsed or draws nothing
     */
    Image draw(String svg) throws IOException {
        int large = size * OVERSAMPLING;
        BufferedImage picture = new BufferedImage(large, large, BufferedImage.TYPE_INT_ARGB);
        try {
            SVGDocument document =
                    new SVGLoader().load(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)), null, LOADING);
            if (document == null) throw new IOException("expected an SVG drawing, its source cannot be parsed");
            Graphics2D g = picture.createGraphics();
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            g.setRenderingHint(RenderingHints.KEY_RENDERING, RenderingHints.VALUE_RENDER_QUALITY);
            g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
            document.render((Component) null, g, new ViewBox(0, 0, large, large));
            g.dispose();
        } catch (RuntimeException e) {
            throw new IOException("the SVG drawing cannot be rasterised: " + Words.clean(e.toString()), e);
        }
        Image image = shrink(picture);
        if (blank(image)) throw new IOException("the SVG drawing leaves every pixel transparent");
        return image;
    }

    private static void expectPaths(DomElement element) {
        for (String attribute : List.of("d", "path")) {
            String path = element.attribute(attribute);
            if (path != null && AFTER_CLOSING.matcher(path).find()) {
                throw new IllegalArgumentException("expected a command after the end of a path, got " + path);
            }
            if (path != null && FAR_OUT.matcher(path).find()) {
                throw new IllegalArgumentException("expected coordinates of less than 10,000,000, got " + path);
            }
        }
        expectNoPath(element.attribute("style", ""));
        element.children().forEach(Rasterizer::expectPaths);
    }

    private static StyleSheet styles(List<char[]> css) {
        expectNoPath(css.stream().map(String::new).collect(Collectors.joining()));
        return CSS.parse(css);
    }

    private static void expectNoPath(String css) {
        if (PATH_IN_STYLE.matcher(COMMENT.matcher(css).replaceAll(" ")).find()) {
            throw new IllegalArgumentException("expected paths as attributes, got one in a style");
        }
    }

    /** Averages squares of pixels, each weighted with its alpha. */
    private Image shrink(BufferedImage large) {
        byte[] samples = new byte[size * size * 4];
        int[] pixels = large.getRGB(0, 0, large.getWidth(), large.getHeight(), null, 0, large.getWidth());
        int area = OVERSAMPLING * OVERSAMPLING;
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                int alpha = 0;
                int[] color = new int[3];
                for (int i = 0; i < area; i++) {
                    int row = y * OVERSAMPLING + i / OVERSAMPLING;
                    int argb = pixels[row * large.getWidth() + x * OVERSAMPLING + i % OVERSAMPLING];
                    int weight = argb >>> 24;
                    alpha += weight;
                    for (int c = 0; c < 3; c++) color[c] += weight * (argb >> 16 - 8 * c & 255);
                }
                int at = (y * size + x) * 4;
                int opacity = (alpha + area / 2) / area;
                if (opacity == 0) continue;
                for (int c = 0; c < 3; c++) samples[at + c] = (byte) ((color[c] + alpha / 2) / alpha);
                samples[at + 3] = (byte) opacity;
            }
        }
        return new Image(size, size, 4, samples);
    }

    private static boolean blank(Image image) {
        byte[] samples = image.samples();
        for (int i = 3; i < samples.length; i += 4) if (samples[i] != 0) return false;
        return true;
    }
}

package org.zeuxis.data.pictogram;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Draws;
import org.zeuxis.data.series.Example;
import org.zeuxis.image.Image;

/**
 * Colours for a monochrome drawing: its ink, and the paper below. Most are not black on white, and every second caption
 * names them: {@code a red apple on a yellow background}. A pure function of the seed.
 *
 * <p>A drawing is monochrome if its attribute {@code palette} says so; what counts of it is its alpha channel.
 */
record InkOnPaper(Background color, Background paper) {
    static final InkOnPaper BLACK_ON_WHITE = new InkOnPaper(new Background("black", 0, 0, 0), Background.WHITE);

    private static final double PLAIN = 0.3;
    private static final double WHITE_PAPER = 0.5;
    private static final double NAMED = 0.5;
    /** In grey levels; less cannot be told apart. */
    private static final int LEAST_CONTRAST = 60;

    static boolean suits(CaptionedImage sample) {
        return sample.image().channels() == 4 && sample.value("palette", "").equals("monochrome");
    }

    static InkOnPaper drawn(Draws draws) {
        if (draws.chance(PLAIN)) return BLACK_ON_WHITE;
        while (true) {
            Background paper = draws.chance(WHITE_PAPER) ? Background.WHITE : draws.of(Background.PALETTE);
            InkOnPaper ink = new InkOnPaper(draws.of(Background.PALETTE), paper);
            if (Math.abs(light(ink.color) - light(paper)) >= LEAST_CONTRAST) return ink;
        }
    }

    /** A monochrome drawing with colours drawn at random, and one of the caption forms, which names them or does not. */
    static Example present(Captions captions, CaptionedImage sample, long seed) {
        Draws draws = new Draws(seed);
        InkOnPaper ink = captions.colored() > 0 ? drawn(draws) : BLACK_ON_WHITE;
        boolean named = captions.colored() > 0 && draws.chance(NAMED);
        String caption = captions.caption(named ? ink.named(sample) : sample, draws.nextLong());
        if (named && !caption.isEmpty() && !ink.paper.equals(Background.WHITE)) caption += " " + ink.paper.phrase();
        return new Example(sample.key(), ink.apply(sample.image()), caption);
    }

    /** The drawing in this ink on this paper. */
    Image apply(Image drawing) {
        return dyed(drawing, color).over(paper.red(), paper.green(), paper.blue());
    }

    /** The drawing's shape in one colour, as transparent as it was. */
    static Image dyed(Image drawing, Background color) {
        byte[] samples = drawing.samples().clone();
        for (int i = 0; i < samples.length; i += 4) {
            samples[i] = (byte) color.red();
            samples[i + 1] = (byte) color.green();
            samples[i + 2] = (byte) color.blue();
        }
        return new Image(drawing.width(), drawing.height(), 4, samples);
    }

    private CaptionedImage named(CaptionedImage sample) {
        Map<String, List<String>> attributes = new HashMap<>(sample.attributes());
        attributes.put("label", List.of(color.name() + " " + sample.label()));
        return new CaptionedImage(sample.key(), sample.image(), sample.captions(), attributes);
    }

    private static int light(Background color) {
        return (299 * color.red() + 587 * color.green() + 114 * color.blue()) / 1000;
    }
}

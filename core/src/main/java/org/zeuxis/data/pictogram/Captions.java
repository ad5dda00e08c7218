package org.zeuxis.data.pictogram;

import java.util.ArrayList;
import java.util.List;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Draws;
import org.zeuxis.data.series.Example;
import org.zeuxis.data.series.Presentation;

/**
 * Ways to caption a drawing of one thing: its name alone, with its style, or with one or two tags; and the colour of the
 * background that is laid under it. Every choice is a pure function of the seed.
 *
 * <p>Reads the attributes that the pictogram and icon datasets write: {@code label}, {@code style}, {@code tags}, {@code
 * mirror}, {@code palette}: monochrome drawings are inked ({@link InkOnPaper}).
 *
 * @param empty the share of empty captions, for classifier-free guidance
 * @param styled the share of captions such as {@code flat icon of a cat}
 * @param tagged the share of captions such as {@code cat, pet, animal}; what is left is the name alone
 * @param spoken among those left, the share with an article, as people ask: {@code a cat}
 * @param colored the share of pictures on a coloured background, always named unless the caption is empty; the others
 *     are on white
 * @param mirrored the share of mirrored pictures among those that may be
 */
public record Captions(double empty, double styled, double tagged, double spoken, double colored, double mirrored)
        implements Presentation {
    /** The mix for training a generator: 10 % empty, 40 % styled, 20 % tagged, 15 % the name alone, 15 % with its article. */
    public static final Captions TRAINING = new Captions(0.1, 0.4, 0.2, 0.5, 0.5, 0.5);

    /** The mix for training CLIP: 30 % styled, 25 % tagged, 22.5 % the name alone, 22.5 % with its article. */
    public static final Captions PAIRS = new Captions(0, 0.3, 0.25, 0.5, 0.5, 0.5);

    /** The name alone on white, for evaluation. */
    public static final Captions PLAIN = new Captions(0, 0, 0, 0, 0, 0);

    private static final List<String> KINDS = List.of("emoji", "icon", "drawing");
    /** How often a white background is named, so that it can be asked for. */
    private static final double WHITE_NAMED = 0.3;

    public Captions {
        for (double share : new double[] {empty, styled, tagged, spoken, colored, mirrored}) {
            if (!(share >= 0 && share <= 1))
                throw new IllegalArgumentException("expected shares of 0 to 1, got " + share);
        }
        if (empty + styled + tagged > 1) {
            throw new IllegalArgumentException(
                    "expected shares of empty, styled and tagged captions of at most 1 in sum" + ", got "
                            + (empty + styled + tagged));
        }
    }

    /** The same mix with another share of coloured backgrounds. */
    public Captions withColored(double share) {
        return new Captions(empty, styled, tagged, spoken, share, mirrored);
    }

    @Override
    public Example present(CaptionedImage sample, long seed) {
        if (InkOnPaper.suits(sample)) return InkOnPaper.present(this, sample, seed);
        Draws draws = new Draws(seed);
        Background background = Background.WHITE;
        boolean named = false;
        if (sample.image().channels() == 4 && colored > 0) {
            boolean color = draws.chance(colored);
            if (color) background = draws.of(Background.PALETTE.subList(1, Background.PALETTE.size()));
            named = color || draws.chance(WHITE_NAMED);
        }
        boolean mirror = mirrored > 0 && sample.value("mirror", "false").equals("true") && draws.chance(mirrored);
        String caption = caption(sample, draws.nextLong());
        if (named && !caption.isEmpty()) caption += " " + background.phrase();
        var image = sample.image().over(background.red(), background.green(), background.blue());
        return new Example(sample.key(), mirror ? image.mirrored() : image, caption);
    }

    /** One of the caption forms, without the background; a picture without a label has one of its captions as it is. */
    public String caption(CaptionedImage sample, long seed) {
        Draws draws = new Draws(seed);
        String label = sample.value("label", "").strip();
        double form = draws.fraction();
        if (form < empty) return "";
        if (label.isEmpty()) return sample.captions().isEmpty() ? "" : draws.of(sample.captions());
        String style = sample.value("style", "");
        if (form < empty + styled && !style.isEmpty()) {
            return style + " " + draws.of(KINDS) + " of " + spoken(label);
        }
        List<String> tags = new ArrayList<>(sample.values("tags"));
        if (form >= empty + styled && form < empty + styled + tagged && !tags.isEmpty()) {
            String caption = label + ", " + tags.remove(draws.below(tags.size()));
            return tags.isEmpty() || draws.chance(0.5) ? caption : caption + ", " + draws.of(tags);
        }
        return draws.chance(spoken) ? spoken(label) : label;
    }

    /** A CLDR label as one says it: {@code a woman with red hair} for {@code woman: red hair}. */
    public static String spoken(String label) {
        int colon = label.indexOf(": ");
        if (colon < 0) return Nouns.withArticle(label);
        String who = label.substring(0, colon);
        String what = label.substring(colon + 2);
        if (what.endsWith(" hair")) return Nouns.withArticle(who + " with " + what);
        if (what.equals("beard")) return Nouns.withArticle(who + " with a beard");
        if (what.equals("bald")) return Nouns.withArticle("bald " + who);
        if (what.startsWith("facing ")) return Nouns.withArticle(who) + " " + what;
        return Nouns.withArticle(who) + " of " + what.replaceFirst(", ([^,]*)$", " and $1");
    }
}

package org.zeuxis.data.pictogram;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Drawn;
import org.zeuxis.data.series.Example;
import org.zeuxis.image.Image;

class InkOnPaperTest {
    private static final CaptionedImage APPLE = monochrome();

    @Test
    void evaluation_sees_black_on_white() {
        Image image = Captions.PLAIN.present(APPLE, 3).image();
        assertThat(image.sample(0, 0, 0)).isZero(); // the drawing is red under its alpha
        assertThat(image.sample(1, 0, 0)).isEqualTo(255);
        assertThat(Captions.PLAIN.present(APPLE, 3).caption()).isEqualTo("apple");
    }

    @Test
    void named_colours_are_the_ones_that_are_seen() {
        Set<String> inks = new HashSet<>();
        int named = 0;
        for (int seed = 0; seed < 2000; seed++) {
            Example example = Captions.PAIRS.present(APPLE, seed);
            Image image = example.image();
            Background ink = of(image, 0);
            Background paper = of(image, 1);
            assertThat(ink.name()).isNotEqualTo(paper.name());
            inks.add(ink.name());
            if (!example.caption().contains(ink.name() + " apple")) continue;
            named++;
            if (!paper.name().equals("white")) assertThat(example.caption()).endsWith(paper.phrase());
        }
        assertThat(named).isBetween(900, 1100);
        assertThat(inks).hasSize(Background.PALETTE.size());
    }

    @Test
    void an_unnamed_colour_leaves_no_word() {
        for (int seed = 0; seed < 500; seed++) {
            String caption = Captions.PAIRS.present(APPLE, seed).caption();
            boolean named = Background.PALETTE.stream().anyMatch(b -> caption.contains(b.name() + " apple"));
            if (!named) assertThat(caption).doesNotContain("background");
        }
    }

    @Test
    void a_drawing_with_colours_keeps_them() {
        Image image = Captions.PLAIN.present(Drawn.drawing("apple"), 3).image();
        assertThat(image.sample(0, 0, 0)).isEqualTo(255);
    }

    private static Background of(Image image, int x) {
        int red = image.sample(x, 0, 0);
        if (red == 0) return new Background("black", 0, 0, 0);
        return Background.PALETTE.stream()
                .filter(b -> b.red() == red && b.green() == image.sample(x, 0, 1) && b.blue() == image.sample(x, 0, 2))
                .findFirst()
                .orElseThrow();
    }

    private static CaptionedImage monochrome() {
        CaptionedImage drawing = Drawn.drawing("apple", "fruit");
        Map<String, List<String>> attributes = new HashMap<>(drawing.attributes());
        attributes.put("palette", List.of("monochrome"));
        return new CaptionedImage("apple", drawing.image(), drawing.captions(), attributes);
    }
}

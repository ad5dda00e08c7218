package org.zeuxis.eval.drawbench;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.eval.drawbench.SceneCheck.Verdict;
import org.zeuxis.image.Image;

class SceneCheckTest {
    private static final int SIDE = 64;

    /** A disc: colour, and its place from the left and the top. */
    private record Disc(Color color, int x, int y, int radius) {}

    private static Image picture(Color background, Disc... discs) {
        BufferedImage sheet = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor(background);
        graphics.fillRect(0, 0, SIDE, SIDE);
        for (Disc disc : discs) {
            graphics.setColor(disc.color);
            graphics.fillOval(disc.x - disc.radius, disc.y - disc.radius, 2 * disc.radius, 2 * disc.radius);
        }
        graphics.dispose();
        return Image.of(sheet);
    }

    private static final Image RED_LEFT_OF_BLUE = picture(
            Color.WHITE, new Disc(new Color(200, 30, 30), 16, 30, 10), new Disc(new Color(40, 90, 220), 46, 30, 10));

    @ParameterizedTest
    @CsvSource({
        "count 2,HOLDS",
        "count 1,FAILS",
        "count 3,FAILS",
        "red; blue,HOLDS",
        "red; green,FAILS",
        "background white,HOLDS",
        "background blue,FAILS",
        "red left of blue,HOLDS",
        "blue right of red,HOLDS",
        "red right of blue,FAILS",
        "blue left of red,FAILS",
        "red above blue,FAILS",
        "red below blue,FAILS",
        "count 2; red; blue; red left of blue,HOLDS",
        "count 2; red; blue; blue left of red,FAILS"
    })
    void twoDiscs(String truths, Verdict verdict) {
        assertThat(SceneCheck.of(RED_LEFT_OF_BLUE, Truth.parse(truths))).isEqualTo(verdict);
    }

    @Test
    void aboveAndBelow() {
        Image picture = picture(
                new Color(255, 220, 60), new Disc(new Color(40, 160, 60), 30, 14, 9), new Disc(Color.BLACK, 34, 48, 9));
        assertThat(SceneCheck.of(picture, Truth.parse("green above black; background yellow; count 2")))
                .isEqualTo(Verdict.HOLDS);
        assertThat(SceneCheck.of(picture, Truth.parse("black below green"))).isEqualTo(Verdict.HOLDS);
        assertThat(SceneCheck.of(picture, Truth.parse("green below black"))).isEqualTo(Verdict.FAILS);
    }

    @Test
    void aSpeckIsNoThingAndThingsThatTouchAreOne() {
        Color red = new Color(200, 30, 30);
        Image speck = picture(Color.WHITE, new Disc(red, 20, 20, 10), new Disc(red, 50, 50, 1));
        assertThat(SceneCheck.of(speck, Truth.parse("count 1"))).isEqualTo(Verdict.HOLDS);
        Image touching = picture(Color.WHITE, new Disc(red, 20, 20, 10), new Disc(red, 36, 20, 10));
        assertThat(SceneCheck.of(touching, Truth.parse("count 1"))).isEqualTo(Verdict.HOLDS);
    }

    @Test
    void aSingleColourIsMostOfWhatIsDrawn() {
        Color red = new Color(200, 30, 30);
        Image leafy = picture(Color.WHITE, new Disc(red, 30, 34, 16), new Disc(new Color(40, 160, 60), 30, 14, 5));
        assertThat(SceneCheck.of(leafy, Truth.parse("red"))).isEqualTo(Verdict.HOLDS);
        assertThat(SceneCheck.of(leafy, Truth.parse("green"))).isEqualTo(Verdict.FAILS);
        assertThat(SceneCheck.of(picture(Color.WHITE), Truth.parse("white"))).isEqualTo(Verdict.FAILS);
        assertThat(SceneCheck.of(picture(Color.WHITE), Truth.parse("count 0"))).isEqualTo(Verdict.HOLDS);
    }

    @Test
    void withoutAPlainBackgroundNothingIsSaid() {
        Random random = new Random(1);
        byte[] noise = new byte[SIDE * SIDE * 3];
        random.nextBytes(noise);
        assertThat(SceneCheck.of(new Image(SIDE, SIDE, 3, noise), Truth.parse("count 1")))
                .isEqualTo(Verdict.UNSEEN);
        for (int i = 0; i < noise.length; i++) noise[i] = (byte) (235 + random.nextInt(20));
        assertThat(SceneCheck.of(new Image(SIDE, SIDE, 3, noise), Truth.parse("count 0")))
                .isEqualTo(Verdict.HOLDS);
    }

    @Test
    void transparentPicturesStandOnWhite() {
        byte[] clear = new byte[SIDE * SIDE * 4];
        for (int y = 20; y < 40; y++)
            for (int x = 20; x < 40; x++) {
                clear[4 * (y * SIDE + x)] = (byte) 200;
                clear[4 * (y * SIDE + x) + 3] = (byte) 255;
            }
        assertThat(SceneCheck.of(new Image(SIDE, SIDE, 4, clear), Truth.parse("count 1; red; background white")))
                .isEqualTo(Verdict.HOLDS);
    }

    @ParameterizedTest
    @CsvSource({
        "220,40,40,RED",
        "230,120,30,ORANGE",
        "250,220,50,YELLOW",
        "60,170,80,GREEN",
        "60,140,230,BLUE",
        "130,60,200,PURPLE",
        "250,150,180,PINK",
        "250,150,150,PINK",
        "130,80,40,BROWN",
        "25,25,28,BLACK",
        "250,250,250,WHITE",
        "140,140,140,GREY"
    })
    void coloursHaveTheirUsualNames(int red, int green, int blue, DrawnColor name) {
        assertThat(DrawnColor.of(red, green, blue)).isEqualTo(name);
        assertThat(DrawnColor.named(name.label())).isEqualTo(name);
    }
}

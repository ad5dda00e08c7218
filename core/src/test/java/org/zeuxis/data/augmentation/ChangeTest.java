package org.zeuxis.data.augmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.Draws;
import org.zeuxis.data.augmentation.geometry.Mirror;
import org.zeuxis.data.augmentation.geometry.Perspective;
import org.zeuxis.data.augmentation.geometry.Projection;
import org.zeuxis.data.augmentation.geometry.Rotate;
import org.zeuxis.image.Image;
import org.zeuxis.image.Luma;

/** What each change does to a red square of 16 pixels in the middle of 32 light ones. */
class ChangeTest {
    private static final int SIZE = 32;
    private static final int[] RED = {200, 30, 40};
    private static final int[] GROUND = {240, 250, 230};

    private static final Image SQUARE = square(8, 24, GROUND);

    private static Image square(int from, int to, int[] ground) {
        byte[] samples = new byte[SIZE * SIZE * 3];
        for (int i = 0; i < samples.length; i++) {
            int x = i / 3 % SIZE;
            int y = i / 3 / SIZE;
            boolean inside = x >= from && x < to && y >= from && y < to;
            samples[i] = (byte) (inside ? RED : ground)[i % 3];
        }
        return new Image(SIZE, SIZE, 3, samples);
    }

    private static Image changed(Change change, long seed) {
        return change.apply(SQUARE, new Draws(seed));
    }

    private static int[] pixel(Image image, int x, int y) {
        return new int[] {image.sample(x, y, 0), image.sample(x, y, 1), image.sample(x, y, 2)};
    }

    private static int luma(Image image, int x, int y) {
        return Luma.of(image.sample(x, y, 0), image.sample(x, y, 1), image.sample(x, y, 2));
    }

    private static double mean(Image image) {
        double sum = 0;
        for (byte sample : image.samples()) sum += sample & 255;
        return sum / image.samples().length;
    }

    @Test
    void every_change_is_a_function_of_the_draws_and_leaves_its_picture() {
        byte[] before = SQUARE.samples().clone();
        for (Change change : new Change[] {
            new Mirror(),
            new Rotate(30),
            new Perspective(0.2),
            new Jitter(0.4),
            new Hue(0.1),
            new Gray(),
            new Ink(),
            new Edges(),
            new Invert(),
            new Blur(1.5),
            new Pixelate(6),
            new Noise(0.2),
            new Jpeg(10)
        }) {
            Set<Integer> seen = new HashSet<>();
            for (int seed = 0; seed < 20; seed++) {
                byte[] one = changed(change, seed).samples();
                assertThat(one)
                        .as(change.toString())
                        .isEqualTo(changed(change, seed).samples());
                seen.add(Arrays.hashCode(one));
            }
            boolean draws = !(change instanceof Mirror || change instanceof Gray || change instanceof Invert);
            assertThat(seen.size()).as(change.toString()).isBetween(draws ? 5 : 1, draws ? 20 : 1);
            assertThat(SQUARE.samples()).as(change.toString()).isEqualTo(before);
        }
    }

    @Test
    void edges_of_a_square_are_at_its_border_in_ink_on_one_paper() {
        int darkInk = 0;
        for (int seed = 0; seed < 200; seed++) {
            Image lines = changed(new Edges(), seed);
            int[] paper = pixel(lines, 0, 0);
            assertThat(pixel(lines, 16, 16)).isEqualTo(paper);
            assertThat(pixel(lines, 31, 31)).isEqualTo(paper);
            int strongest = 0;
            for (int x = 6; x < 11; x++) {
                strongest = Math.max(strongest, Math.abs(luma(lines, x, 16) - luma(lines, 0, 0)));
            }
            assertThat(strongest).isGreaterThan(45);
            if (luma(lines, 8, 16) + luma(lines, 7, 16) < 2 * luma(lines, 0, 0)) darkInk++;
        }
        assertThat(darkInk / 200.0).isCloseTo(0.75, within(0.1));
    }

    @Test
    void ink_leaves_one_colour_on_another_and_between_them_shades() {
        int reversed = 0;
        for (int seed = 0; seed < 200; seed++) {
            Image inked = changed(new Ink(), seed);
            int[] paper = pixel(inked, 0, 0);
            int[] ink = pixel(inked, 16, 16);
            assertThat(Math.abs(luma(inked, 16, 16) - luma(inked, 0, 0))).isGreaterThanOrEqualTo(88);
            for (int i = 0; i < SIZE; i++) assertThat(pixel(inked, i, i)).isIn(paper, ink);
            if (luma(inked, 16, 16) > luma(inked, 0, 0)) reversed++;
        }
        assertThat(reversed / 200.0).isCloseTo(0.25, within(0.1));
    }

    @Test
    void a_silhouette_has_no_shades_and_steps_have_few() {
        byte[] samples = new byte[SIZE * SIZE * 3];
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) (255 - i / 3 % SIZE * 8);
        Image ramp = new Image(SIZE, SIZE, 3, samples);
        Set<Integer> shades = new HashSet<>();
        for (int seed = 0; seed < 100; seed++) {
            Image inked = new Ink().apply(ramp, new Draws(seed));
            Set<String> colors = new HashSet<>();
            for (int x = 0; x < SIZE; x++) colors.add(Arrays.toString(pixel(inked, x, 5)));
            shades.add(colors.size());
        }
        assertThat(shades).contains(2, 3, 4).anyMatch(count -> count > 25);
    }

    @Test
    void inverted_twice_is_the_picture_itself() {
        Image once = changed(new Invert(), 1);
        assertThat(pixel(once, 16, 16)).isEqualTo(new int[] {55, 225, 215});
        assertThat(new Invert().apply(once, new Draws(2)).samples()).isEqualTo(SQUARE.samples());
    }

    @Test
    void gray_has_no_colour_and_mirror_exchanges_the_sides() {
        int[] gray = pixel(changed(new Gray(), 1), 16, 16);
        assertThat(gray[0]).isEqualTo(gray[1]).isEqualTo(gray[2]).isCloseTo(82, within(1));
        byte[] samples = SQUARE.samples().clone();
        samples[0] = 7;
        Image mirrored = new Mirror().apply(new Image(SIZE, SIZE, 3, samples), new Draws(1));
        assertThat(mirrored.sample(31, 0, 0)).isEqualTo(7);
    }

    @Test
    void blur_spreads_the_border_and_keeps_the_mean() {
        int widest = 0;
        for (int seed = 0; seed < 200; seed++) {
            Image blurred = changed(new Blur(2), seed);
            assertThat(mean(blurred)).isCloseTo(mean(SQUARE), within(0.6));
            assertThat(pixel(blurred, 0, 0)).isEqualTo(GROUND);
            assertThat(pixel(blurred, 16, 16)).isEqualTo(RED);
            int reach = 0;
            while (blurred.sample(7 - reach, 16, 1) < 250 - 2) reach++;
            widest = Math.max(widest, reach);
        }
        assertThat(widest).isBetween(3, 5);
    }

    @Test
    void noise_is_as_strong_as_asked_and_has_no_bias() {
        byte[] samples = new byte[64 * 64 * 3];
        Arrays.fill(samples, (byte) 128);
        Image flat = new Image(64, 64, 3, samples);
        double most = 0;
        double least = 9;
        for (int seed = 0; seed < 200; seed++) {
            Image noisy = new Noise(0.1).apply(flat, new Draws(seed));
            assertThat(mean(noisy)).isCloseTo(128, within(1.5));
            double squares = 0;
            int within = 0;
            for (byte sample : noisy.samples()) squares += Math.pow((sample & 255) - 128, 2);
            double deviation = Math.sqrt(squares / samples.length) / 255;
            for (byte sample : noisy.samples()) {
                if (Math.abs((sample & 255) - 128) < deviation * 255) within++;
            }
            if (deviation > 0.03) assertThat(within / (double) samples.length).isCloseTo(0.683, within(0.06));
            most = Math.max(most, deviation);
            least = Math.min(least, deviation);
        }
        assertThat(most).isBetween(0.095, 0.103);
        assertThat(least).isBetween(0.009, 0.015);
    }

    @Test
    void a_turn_is_about_the_middle_and_shows_the_ground_where_nothing_was() {
        boolean left = false;
        boolean right = false;
        for (int seed = 0; seed < 200; seed++) {
            Image turned = changed(new Rotate(30), seed);
            assertThat(pixel(turned, 0, 0)).isEqualTo(GROUND);
            assertThat(pixel(turned, 16, 16)).isEqualTo(RED);
            assertThat(mean(turned)).isCloseTo(mean(SQUARE), within(1.5));
            // the square's upper edge rises to the right of the middle or falls
            int slope = turned.sample(20, 8, 1) - turned.sample(11, 8, 1);
            left |= slope < -100;
            right |= slope > 100;
        }
        assertThat(left && right).isTrue();
    }

    @Test
    void a_turn_of_a_quarter_takes_the_left_to_the_top_or_to_the_bottom() {
        byte[] samples = SQUARE.samples().clone();
        Image marked = new Image(SIZE, SIZE, 3, samples);
        for (int y = 12; y < 20; y++) samples[(y * SIZE + 8) * 3 + 2] = (byte) 255;
        Projection quarter = new Projection(0, 1, 0, -1, 0, SIZE, 0, 0);
        Image turned = quarter.apply(marked);
        assertThat(turned.sample(16, 8, 2)).isEqualTo(255);
        assertThat(turned.sample(8, 16, 2)).isEqualTo(40);
    }

    @Test
    void perspective_moves_the_corners_inwards() {
        Image full = square(1, SIZE - 1, GROUND);
        double[] x = {4, 30, 28, 2};
        double[] y = {3, 1, 27, 31};
        Image seen = Projection.from(x, y, SIZE, SIZE).apply(full);
        for (int i = 0; i < 4; i++) {
            int inX = (int) Math.round(x[i] + (x[i] < 16 ? 2 : -3));
            int inY = (int) Math.round(y[i] + (y[i] < 16 ? 2 : -3));
            assertThat(pixel(seen, inX, inY)).as("corner " + i).isEqualTo(RED);
            int outX = (int) Math.max(0, Math.min(31, x[i] + (x[i] < 16 ? -2 : 1)));
            int outY = (int) Math.max(0, Math.min(31, y[i] + (y[i] < 16 ? -2 : 1)));
            assertThat(pixel(seen, outX, outY)).as("beyond corner " + i).isEqualTo(GROUND);
        }
        for (int seed = 0; seed < 50; seed++) {
            Image one = new Perspective(0.2).apply(full, new Draws(seed));
            assertThat(mean(one)).isGreaterThan(mean(full));
            assertThat(pixel(one, 16, 16)).isEqualTo(RED);
        }
    }

    @Test
    void large_pixels_are_of_one_colour_each() {
        for (int seed = 0; seed < 50; seed++) {
            Image image = changed(new Pixelate(4), seed);
            Set<String> colors = new HashSet<>();
            int steps = 0;
            for (int x = 1; x < SIZE; x++) {
                if (!Arrays.equals(pixel(image, x, 16), pixel(image, x - 1, 16))) steps++;
                colors.add(Arrays.toString(pixel(image, x, 16)));
            }
            assertThat(steps).isBetween(2, 4);
            assertThat(colors).hasSizeBetween(2, 4);
            assertThat(mean(image)).isCloseTo(mean(SQUARE), within(6.0));
        }
    }

    @Test
    void strengths_out_of_range_are_refused() {
        assertThatThrownBy(() -> new Jitter(1.1)).hasMessageContaining("jitter of 0 to 1, got 1.1");
        assertThatThrownBy(() -> new Hue(0.6)).hasMessageContaining("hue of 0 to 0.5 turns, got 0.6");
        assertThatThrownBy(() -> new Rotate(0)).hasMessageContaining("up to 180 degrees, got 0.0");
        assertThatThrownBy(() -> new Rotate(181)).hasMessageContaining("got 181.0");
        assertThatThrownBy(() -> new Perspective(0.5)).hasMessageContaining("under 0.5, got 0.5");
        assertThatThrownBy(() -> new Blur(0.3)).hasMessageContaining("up to 16 pixels, got 0.3");
        assertThatThrownBy(() -> new Blur(17)).hasMessageContaining("got 17.0");
        assertThatThrownBy(() -> new Pixelate(3)).hasMessageContaining("at least 4 pixels along a side, got 3");
        assertThatThrownBy(() -> new Noise(0)).hasMessageContaining("above 0 up to 1, got 0.0");
        assertThatThrownBy(() -> new Noise(Double.NaN)).hasMessageContaining("got NaN");
        assertThatThrownBy(() -> new Jpeg(0)).hasMessageContaining("JPEG quality of 1 to 95, got 0");
        assertThatThrownBy(() -> new Jpeg(96)).hasMessageContaining("got 96");
    }
}

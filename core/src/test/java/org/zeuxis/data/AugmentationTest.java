package org.zeuxis.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.zeuxis.image.Crop;
import org.zeuxis.image.Image;
import org.zeuxis.image.Resize;

class AugmentationTest {
    private static final Augmentation ALL = new Augmentation(0.3, 0.9, 0.5, 0.4, 0.1, 0.2);

    /** Red grows to the right, green downwards. */
    private static Image ramp(int width, int height, int channels) {
        byte[] samples = new byte[width * height * channels];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = (y * width + x) * channels;
                samples[at] = (byte) (255 * x / width);
                samples[at + 1] = (byte) (255 * y / height);
                if (channels == 4) samples[at + 3] = (byte) (8 * x);
            }
        }
        return new Image(width, height, channels, samples);
    }

    @Test
    void a_picture_is_a_function_of_the_seed() {
        Set<String> seen = new HashSet<>();
        for (int seed = 0; seed < 50; seed++) {
            Image one = ALL.apply(ramp(40, 30, 3), 16, seed);
            assertThat(one.samples())
                    .isEqualTo(ALL.apply(ramp(40, 30, 3), 16, seed).samples());
            assertThat(new int[] {one.width(), one.height(), one.channels()}).containsExactly(16, 16, 3);
            seen.add(java.util.Arrays.toString(one.samples()));
        }
        assertThat(seen).hasSize(50);
    }

    @Test
    void crops_have_areas_and_aspect_ratios_of_their_range_all_over_the_picture() {
        double smallest = 1;
        double largest = 0;
        double narrowest = 9;
        double widest = 0;
        int lefts = 0;
        int rights = 0;
        for (int seed = 0; seed < 2000; seed++) {
            Crop crop = ALL.crop(400, 300, seed);
            assertThat(crop.left() + crop.width()).isLessThanOrEqualTo(400);
            assertThat(crop.top() + crop.height()).isLessThanOrEqualTo(300);
            double area = crop.width() * crop.height() / (400.0 * 300);
            double aspect = crop.width() / (double) crop.height();
            smallest = Math.min(smallest, area);
            largest = Math.max(largest, area);
            narrowest = Math.min(narrowest, aspect);
            widest = Math.max(widest, aspect);
            if (crop.left() == 0) lefts++;
            if (crop.left() + crop.width() == 400) rights++;
        }
        double rounding = 0.01;
        assertThat(smallest).isBetween(0.3 - rounding, 0.31);
        assertThat(largest).isBetween(0.88, 0.9 + rounding);
        assertThat(narrowest).isBetween(0.75 - rounding, 0.76);
        assertThat(widest).isBetween(1.32, 4.0 / 3 + rounding);
        assertThat(lefts).isPositive().isLessThan(200);
        assertThat(rights).isPositive().isLessThan(200);
    }

    @Test
    void a_picture_too_narrow_for_any_crop_is_cut_in_the_middle_to_an_allowed_shape() {
        Augmentation nearlyAll = new Augmentation(0.99, 1, 0, 0, 0, 0);
        assertThat(nearlyAll.crop(400, 100, 1)).isEqualTo(new Crop(133, 0, 133, 100));
        assertThat(nearlyAll.crop(90, 300, 1)).isEqualTo(new Crop(0, 90, 90, 120));
        assertThat(nearlyAll.crop(1, 500, 1).width()).isEqualTo(1);
        assertThat(nearlyAll.crop(1, 1, 1)).isEqualTo(new Crop(0, 0, 1, 1));
    }

    @Test
    void switched_off_it_only_fits_the_picture_into_the_square() {
        for (int seed = 0; seed < 20; seed++) {
            Image wide = ramp(70, 20, 3);
            Image fitted = new Resize(16, 16, Resize.Filter.BICUBIC).apply(wide);
            assertThat(Augmentation.NONE.apply(wide, 16, seed).samples()).isEqualTo(fitted.samples());
            Image square = ramp(16, 16, 3);
            assertThat(Augmentation.NONE.apply(square, 16, seed)).isSameAs(square);
        }
    }

    @Test
    void mirror_jitter_and_gray_come_as_often_and_as_far_as_asked() {
        Image ramp = ramp(16, 16, 3);
        Augmentation mirror = new Augmentation(1, 1, 0.25, 0, 0, 0);
        Augmentation gray = new Augmentation(1, 1, 0, 0, 0, 0.25);
        Augmentation jitter = new Augmentation(1, 1, 0, 0.4, 0, 0);
        Image flat = Drawn.plain(100, 100, 100);
        int mirrored = 0;
        int grays = 0;
        int darkest = 255;
        int brightest = 0;
        for (int seed = 0; seed < 2000; seed++) {
            if (mirror.apply(ramp, 16, seed).sample(0, 0, 0) > 128) mirrored++;
            Image g = gray.apply(ramp, 16, seed);
            if (g.sample(15, 0, 0) == g.sample(15, 0, 2)) grays++;
            int level = jitter.apply(flat, 4, seed).sample(0, 0, 0);
            darkest = Math.min(darkest, level);
            brightest = Math.max(brightest, level);
        }
        assertThat(mirrored / 2000.0).isCloseTo(0.25, within(0.05));
        assertThat(grays / 2000.0).isCloseTo(0.25, within(0.05));
        assertThat(darkest).isBetween(60, 62);
        assertThat(brightest).isBetween(138, 140);
    }

    @Test
    void augmented_examples_keep_captions_are_opaque_and_follow_their_position() throws IOException {
        Examples source = position -> new Example("k" + position, ramp(20, 20, 4), "caption " + position);
        Examples one = new Augmented(source, ALL, 16, 3);
        Examples two = new Augmented(source, ALL, 16, 3);
        for (int i = 0; i < 10; i++) one.at(i);
        Example e = one.at(17);
        assertThat(e.key()).isEqualTo("k17");
        assertThat(e.caption()).isEqualTo("caption 17");
        assertThat(e.image().channels()).isEqualTo(3);
        assertThat(e.image().samples()).isEqualTo(two.at(17).image().samples());
        assertThat(e.image().samples()).isNotEqualTo(one.at(18).image().samples());
        assertThat(e.image().samples())
                .isNotEqualTo(new Augmented(source, ALL, 16, 4).at(17).image().samples());
    }

    @Test
    void problems_of_the_source_are_passed_on() throws IOException {
        Examples source = new ShuffledExamples(Drawn.dataset(5, Set.of(2)), 1, Presentation.AS_IS);
        Examples augmented = new Augmented(source, ALL, 8, 1);
        for (int i = 0; i < 5; i++) augmented.at(i);
        assertThat(augmented.problems()).extracting(Problem::key).isEqualTo(List.of("k2"));
    }

    @Test
    void shares_out_of_range_are_refused() {
        assertThatThrownBy(() -> new Augmentation(0, 1, 0, 0, 0, 0)).hasMessageContaining("got 0.0 to 1.0");
        assertThatThrownBy(() -> new Augmentation(0.9, 0.5, 0, 0, 0, 0)).hasMessageContaining("got 0.9 to 0.5");
        assertThatThrownBy(() -> new Augmentation(1, 1, 1.5, 0, 0, 0)).hasMessageContaining("of 0 to 1, got 1.5");
        assertThatThrownBy(() -> new Augmentation(1, 1, 0, Double.NaN, 0, 0)).hasMessageContaining("got NaN");
        assertThatThrownBy(() -> new Augmentation(1, 1, 0, 0, 0.6, 0))
                .hasMessageContaining("hue of 0 to 0.5 turns, got 0.6");
    }
}

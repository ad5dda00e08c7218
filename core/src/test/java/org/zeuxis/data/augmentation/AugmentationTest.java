package org.zeuxis.data.augmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Problem;
import org.zeuxis.data.augmentation.geometry.Mirror;
import org.zeuxis.data.augmentation.geometry.Perspective;
import org.zeuxis.data.augmentation.geometry.Rotate;
import org.zeuxis.data.series.Example;
import org.zeuxis.data.series.Examples;
import org.zeuxis.data.series.Presentation;
import org.zeuxis.data.series.ShuffledExamples;
import org.zeuxis.image.Crop;
import org.zeuxis.image.Image;
import org.zeuxis.image.Resize;

class AugmentationTest {
    private static final RandomCrop CROP = new RandomCrop(0.3, 0.9);
    private static final Augmentation ALL = new Augmentation(
            CROP,
            List.of(
                    new Sometimes(0.5, new Mirror()),
                    new Sometimes(0.5, new Rotate(30)),
                    new Sometimes(0.5, new Perspective(0.2)),
                    new Sometimes(1, new Jitter(0.4)),
                    new Sometimes(1, new Hue(0.1)),
                    new Sometimes(0.2, new Gray()),
                    new Sometimes(0.2, new Ink()),
                    new Sometimes(0.2, new Edges()),
                    new Sometimes(0.2, new Invert()),
                    new Sometimes(0.2, new Blur(1.5)),
                    new Sometimes(0.2, new Pixelate(8)),
                    new Sometimes(0.2, new Noise(0.25)),
                    new Sometimes(0.2, new Jpeg(10))));

    private static Augmentation only(double share, Change change) {
        return new Augmentation(RandomCrop.NONE, List.of(new Sometimes(share, change)));
    }

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
            Image one = ALL.apply(ramp(40, 30, 3), "", 16, seed);
            assertThat(one.samples())
                    .isEqualTo(ALL.apply(ramp(40, 30, 3), "", 16, seed).samples());
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
            Crop crop = CROP.of(400, 300, seed);
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
        RandomCrop nearlyAll = new RandomCrop(0.99, 1);
        assertThat(nearlyAll.of(400, 100, 1)).isEqualTo(new Crop(133, 0, 133, 100));
        assertThat(nearlyAll.of(90, 300, 1)).isEqualTo(new Crop(0, 90, 90, 120));
        assertThat(nearlyAll.of(1, 500, 1).width()).isEqualTo(1);
        assertThat(nearlyAll.of(1, 1, 1)).isEqualTo(new Crop(0, 0, 1, 1));
    }

    @Test
    void switched_off_it_only_fits_the_picture_into_the_square() {
        Augmentation never = new Augmentation(
                RandomCrop.NONE,
                ALL.changes().stream().map(s -> new Sometimes(0, s.change())).toList());
        for (int seed = 0; seed < 20; seed++) {
            Image wide = ramp(70, 20, 3);
            Image fitted = new Resize(16, 16, Resize.Filter.BICUBIC).apply(wide);
            assertThat(Augmentation.NONE.apply(wide, "", 16, seed).samples()).isEqualTo(fitted.samples());
            Image square = ramp(16, 16, 3);
            assertThat(Augmentation.NONE.apply(square, "", 16, seed)).isSameAs(square);
            assertThat(never.apply(square, "", 16, seed)).isSameAs(square);
        }
    }

    @Test
    void mirror_jitter_and_gray_come_as_often_and_as_far_as_asked() {
        Image ramp = ramp(16, 16, 3);
        Augmentation mirror = only(0.25, new Mirror());
        Augmentation gray = only(0.25, new Gray());
        Augmentation jitter = only(1, new Jitter(0.4));
        byte[] samples = new byte[4 * 4 * 3];
        Arrays.fill(samples, (byte) 100);
        Image flat = new Image(4, 4, 3, samples);
        int mirrored = 0;
        int grays = 0;
        int darkest = 255;
        int brightest = 0;
        for (int seed = 0; seed < 2000; seed++) {
            if (mirror.apply(ramp, "", 16, seed).sample(0, 0, 0) > 128) mirrored++;
            Image g = gray.apply(ramp, "", 16, seed);
            if (g.sample(15, 0, 0) == g.sample(15, 0, 2)) grays++;
            int level = jitter.apply(flat, "", 4, seed).sample(0, 0, 0);
            darkest = Math.min(darkest, level);
            brightest = Math.max(brightest, level);
        }
        assertThat(mirrored / 2000.0).isCloseTo(0.25, within(0.05));
        assertThat(grays / 2000.0).isCloseTo(0.25, within(0.05));
        assertThat(darkest).isBetween(60, 62);
        assertThat(brightest).isBetween(138, 140);
    }

    @Test
    void one_change_more_leaves_the_choices_of_the_others() {
        Image ramp = ramp(16, 16, 3);
        Augmentation one = only(0.5, new Mirror());
        Augmentation two = new Augmentation(
                RandomCrop.NONE, List.of(new Sometimes(0.5, new Mirror()), new Sometimes(1, new Invert())));
        for (int seed = 0; seed < 50; seed++) {
            int sample = one.apply(ramp, "", 16, seed).sample(0, 0, 0);
            assertThat(two.apply(ramp, "", 16, seed).sample(0, 0, 0)).isEqualTo(255 - sample);
        }
    }

    @Test
    void no_change_makes_a_caption_untrue() {
        Image ramp = ramp(16, 16, 3);
        for (Change change : List.of(new Hue(0.5), new Gray(), new Ink(), new Edges(), new Invert())) {
            for (String caption : List.of("a Red car", "cat on a grey background", "golden key", "blue")) {
                assertThat(only(1, change).apply(ramp, caption, 16, 1)).isSameAs(ramp);
            }
            for (String caption : List.of("a car", "a redhead", "tanned man", "")) {
                assertThat(only(1, change).apply(ramp, caption, 16, 1).samples())
                        .as(change + " " + caption)
                        .isNotEqualTo(ramp.samples());
            }
        }
        Augmentation mirror = only(1, new Mirror());
        assertThat(mirror.apply(ramp, "a cat left of a dog", 16, 1)).isSameAs(ramp);
        assertThat(mirror.apply(ramp, "Right arrow", 16, 1)).isSameAs(ramp);
        assertThat(mirror.apply(ramp, "a bright lamp", 16, 1)).isNotSameAs(ramp);
        assertThat(only(1, new Noise(0.2)).apply(ramp, "a red car left of a dog", 16, 1))
                .isNotSameAs(ramp);
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
        Examples source = new ShuffledExamples(partlyUnreadable(), 1, Presentation.AS_IS);
        Examples augmented = new Augmented(source, ALL, 8, 1);
        for (int i = 0; i < 5; i++) augmented.at(i);
        assertThat(augmented.problems()).extracting(Problem::key).isEqualTo(List.of("k2"));
    }

    /** Five samples, of which the third cannot be read. */
    private static Dataset partlyUnreadable() {
        return new Dataset() {
            @Override
            public int size() {
                return 5;
            }

            @Override
            public String key(int index) {
                return "k" + index;
            }

            @Override
            public CaptionedImage get(int index) throws IOException {
                if (index == 2) throw new IOException("damaged");
                return new CaptionedImage(key(index), ramp(8, 8, 3), List.of());
            }
        };
    }

    @Test
    void shares_out_of_range_are_refused() {
        assertThatThrownBy(() -> new RandomCrop(0, 1)).hasMessageContaining("got 0.0 to 1.0");
        assertThatThrownBy(() -> new RandomCrop(0.9, 0.5)).hasMessageContaining("got 0.9 to 0.5");
        assertThatThrownBy(() -> new Sometimes(1.5, new Gray()))
                .hasMessageContaining("of 0 to 1 of the pictures, got 1.5");
        assertThatThrownBy(() -> new Sometimes(Double.NaN, new Gray())).hasMessageContaining("got NaN");
    }
}

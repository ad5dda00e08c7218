package org.zeuxis.data.pictogram.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.pictogram.scene.MovingScenes.Kind;
import org.zeuxis.data.pictogram.scene.MovingScenes.Moving;
import org.zeuxis.image.Image;

class MovingScenesTest {
    private static final int SIZE = 48;
    /** Each thing is a square in a colour of its own, which no ground has. */
    private static final Map<String, int[]> COLORS = new TreeMap<>(Map.of(
            "apple", new int[] {255, 0, 0},
            "cat", new int[] {0, 255, 0},
            "car", new int[] {0, 0, 255},
            "mouse", new int[] {255, 0, 255}));

    private final MovingScenes scenes = new MovingScenes(new Squares(), SIZE, 5);

    private record Squares() implements Dataset {
        @Override
        public int size() {
            return COLORS.size();
        }

        @Override
        public CaptionedImage get(int index) {
            String label = List.copyOf(COLORS.keySet()).get(index);
            byte[] samples = new byte[8 * 8 * 4];
            for (int i = 0; i < 64; i++) {
                int x = i % 8;
                int y = i / 8;
                if (x == 0 || x == 7 || y == 0 || y == 7) continue;
                for (int c = 0; c < 3; c++) samples[4 * i + c] = (byte) COLORS.get(label)[c];
                samples[4 * i + 3] = (byte) 255;
            }
            return new CaptionedImage(label, new Image(8, 8, 4, samples), List.of(label));
        }
    }

    /** The centre of all pixels of a colour, and how many there are. */
    private record Mass(double x, double y, int pixels) {
        static Mass of(Image image, int[] color) {
            double x = 0;
            double y = 0;
            int pixels = 0;
            for (int i = 0; i < image.width() * image.height(); i++) {
                int column = i % image.width();
                int row = i / image.width();
                boolean same = true;
                for (int c = 0; c < 3; c++) same &= image.sample(column, row, c) == color[c];
                if (!same) continue;
                x += column;
                y += row;
                pixels++;
            }
            return new Mass(x / pixels, y / pixels, pixels);
        }
    }

    /** As it is seen in the frames: whole in each, and steadily one way. */
    private static String seen(List<Image> frames, String label) {
        List<Mass> masses =
                frames.stream().map(frame -> Mass.of(frame, COLORS.get(label))).toList();
        Mass first = masses.get(0);
        Mass last = masses.get(masses.size() - 1);
        double x = last.x - first.x;
        double y = last.y - first.y;
        assertThat(masses).extracting(Mass::pixels).containsOnly(first.pixels);
        assertThat(Math.max(Math.abs(x), Math.abs(y))).isGreaterThanOrEqualTo(SIZE / 4.0);
        assertThat(Math.min(Math.abs(x), Math.abs(y))).isZero();
        for (int i = 1; i < masses.size(); i++) {
            double step = Math.hypot(masses.get(i).x - masses.get(i - 1).x, masses.get(i).y - masses.get(i - 1).y);
            assertThat(step * (masses.size() - 1)).isBetween(Math.abs(x + y) * 0.7, Math.abs(x + y) * 1.3);
        }
        if (x != 0) return x < 0 ? "to the left" : "to the right";
        return y < 0 ? "up" : "down";
    }

    private static List<String> labels(List<Image> frames) {
        List<String> labels = new ArrayList<>();
        COLORS.forEach((label, color) -> {
            if (Mass.of(frames.get(0), color).pixels > 0) labels.add(label);
        });
        return labels;
    }

    /** What is seen to move gives the answer. */
    @Test
    void answersAreTrueOfTheVideo() throws IOException {
        for (int i = 0; i < 200; i++) {
            Kind kind = Kind.values()[i % 2];
            Moving moving = scenes.at(kind, i, 4);
            List<Image> frames = moving.video().frames();
            List<String> labels = labels(frames);
            assertThat(frames).hasSize(4);
            assertThat(labels).hasSize(2);
            Map<String, String> ways = new TreeMap<>();
            for (String label : labels) ways.put(label, seen(frames, label));
            assertThat(ways.values()).doesNotHaveDuplicates();
            assertThat(moving.more()).hasSize(kind == Kind.DIRECTION ? 1 : 2).allSatisfy(more -> {
                assertThat(more.text()).isNotEqualTo(moving.question());
                String label = more.text().replaceFirst("^which way does the (.*) move\\?$", "$1");
                assertThat(more.answer()).isEqualTo(ways.get(label));
            });
            if (kind == Kind.DIRECTION) {
                String label = moving.question().replaceFirst("^which way does the (.*) move\\?$", "$1");
                assertThat(moving.answer()).as(moving.question()).isEqualTo(ways.get(label));
            } else {
                assertThat(moving.question()).isEqualTo("what happens?");
                String first = moving.answer().replaceFirst("^the (\\w+) moves .*", "$1");
                String second = labels.get(labels.get(0).equals(first) ? 1 : 0);
                assertThat(moving.answer())
                        .isEqualTo("the " + first + " moves " + ways.get(first) + " and the " + second + " moves "
                                + ways.get(second));
                assertThat(frames)
                        .satisfiesAnyOf(
                                all -> assertThat(all).allMatch(f -> mass(f, first).x < mass(f, second).x),
                                all -> assertThat(all).allMatch(f -> mass(f, first).y < mass(f, second).y));
            }
        }
    }

    private static Mass mass(Image frame, String label) {
        return Mass.of(frame, COLORS.get(label));
    }

    @Test
    void noDirectionIsLikelier() throws IOException {
        Map<String, Integer> answers = new TreeMap<>();
        for (int i = 0; i < 800; i++)
            answers.merge(scenes.at(Kind.DIRECTION, i, 2).answer(), 1, Integer::sum);
        assertThat(answers).containsOnlyKeys("to the left", "to the right", "up", "down");
        assertThat(answers.values()).allSatisfy(n -> assertThat(n).isBetween(150, 250));
    }

    @Test
    void askedTwiceTheySayTheSame() throws IOException {
        assertThat(scenes.at(Kind.EVENT, 17, 3).answer())
                .isEqualTo(scenes.at(Kind.EVENT, 17, 3).answer());
        assertThat(scenes.at(Kind.EVENT, 17, 3).video().frames().get(1).samples())
                .isEqualTo(scenes.at(Kind.EVENT, 17, 3).video().frames().get(1).samples());
        assertThatThrownBy(() -> scenes.at(Kind.EVENT, 17, 1))
                .hasMessage("expected videos of at least 2 frames, got 1");
    }
}

package org.zeuxis.data.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Drawn;

class AlikeTest {
    private static final Presentation AS_IT_IS =
            (sample, seed) -> new Example(sample.key(), sample.image(), sample.caption());

    private record Called(List<String> captions) implements Dataset {
        @Override
        public int size() {
            return captions.size();
        }

        @Override
        public CaptionedImage get(int index) {
            List<String> own = captions.get(index).isEmpty() ? List.of() : List.of(captions.get(index));
            return new CaptionedImage("k" + index, Drawn.plain(index, 0, 0), own);
        }
    }

    @Test
    void twoInARowShowTheSameInAnotherPictureIfThereIsOne() throws IOException {
        Alike alike = new Alike(new Called(List.of("cat", "car", "cat", "", "apple", "car", "cat")), 3, AS_IT_IS);
        Set<String> pairs = new TreeSet<>();
        for (long i = 0; i < 200; i++) {
            Example one = alike.at(2 * i);
            Example other = alike.at(2 * i + 1);
            assertThat(other.caption()).isEqualTo(one.caption()).isNotEmpty();
            if (one.caption().equals("apple")) assertThat(other.key()).isEqualTo(one.key());
            else assertThat(other.key()).isNotEqualTo(one.key());
            pairs.add(one.key() + other.key());
        }
        assertThat(pairs).containsExactly("k0k2", "k0k6", "k1k5", "k2k0", "k2k6", "k4k4", "k5k1", "k6k0", "k6k2");
        assertThat(alike.at(9).key()).isEqualTo(alike.at(9).key());
    }

    @Test
    void picturesWithoutCaptionsAreRefused() {
        assertThatThrownBy(() -> new Alike(new Called(List.of("", "")), 3, AS_IT_IS))
                .hasMessage("expected pictures with captions to find others alike, got none");
    }
}

package org.zeuxis.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is said of ranks and cosines, against what is known of them. */
class PriorQualityTest {

    private static PriorQuality of(List<Integer> ranks, List<Double> cosines) {
        return new PriorQuality(new Retrieval(List.of(), ranks), cosines, 0);
    }

    @Test
    void theMedianCountsFromOne() {
        PriorQuality quality = of(List.of(4, 0, 9), List.of(0.5));
        assertThat(quality.medianRank()).isEqualTo(5);
        assertThat(quality.lowMedianRank()).isEqualTo(1);
        assertThat(quality.highMedianRank()).isEqualTo(10);
        assertThat(quality.cosineMargin()).as("of one picture nothing is known").isEqualTo(1);
    }

    @Test
    void theIntervalHoldsTheMedianNineteenTimesInTwenty() {
        Random random = new Random(1);
        int held = 0;
        int heldMean = 0;
        int trials = 2000;
        for (int i = 0; i < trials; i++) {
            List<Integer> ranks = new ArrayList<>();
            List<Double> cosines = new ArrayList<>();
            for (int j = 0; j < 201; j++) {
                ranks.add(random.nextInt(100_001));
                cosines.add(0.3 + 0.1 * random.nextGaussian());
            }
            PriorQuality quality = of(ranks, cosines);
            // half of all numbers from 0 to 100,000 lie below 50,000, whose rank from 1 is one more
            if (quality.lowMedianRank() <= 50_001 && quality.highMedianRank() >= 50_001) held++;
            if (Math.abs(quality.cosine() - 0.3) <= quality.cosineMargin()) heldMean++;
        }
        assertThat(held / (double) trials).isCloseTo(0.95, offset(0.015));
        assertThat(heldMean / (double) trials).isCloseTo(0.95, offset(0.015));
        assertThat(of(Collections.nCopies(5, 3), List.of(0.2, 0.4)).cosine()).isCloseTo(0.3, offset(1e-9));
    }
}

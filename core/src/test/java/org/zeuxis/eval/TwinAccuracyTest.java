package org.zeuxis.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.pictogram.Background;
import org.zeuxis.data.pictogram.scene.Scene;
import org.zeuxis.data.pictogram.scene.Twins;
import org.zeuxis.image.Image;

class TwinAccuracyTest {
    private static TwinAccuracy.Judged judged(
            Twins.Aspect aspect, double own, double wrong, double others, double otherOwn) {
        Scene scene = new Scene(new Image(1, 1, 3, new byte[3]), "", Background.WHITE, List.of());
        return new TwinAccuracy.Judged(
                new Twins.Pair(aspect, scene, scene), (float) own, (float) wrong, (float) others, (float) otherOwn);
    }

    @Test
    void each_kind_is_counted_by_itself_and_a_tie_is_not_right() {
        TwinAccuracy accuracy = new TwinAccuracy(List.of(
                judged(Twins.Aspect.COLOR, 0.5, 0.4, 0.1, 0.6),
                judged(Twins.Aspect.COLOR, 0.5, 0.5, 0.1, 0.6),
                judged(Twins.Aspect.COLOR, 0.3, 0.4, 0.1, 0.6),
                judged(Twins.Aspect.PLACE, 0.5, 0.4, 0.5, 0.6)));
        assertThat(accuracy.right(Twins.Aspect.COLOR)).isEqualTo(new Proportion(1, 3));
        assertThat(accuracy.allRight(Twins.Aspect.COLOR)).isEqualTo(new Proportion(1, 3));
        assertThat(accuracy.right(Twins.Aspect.PLACE)).isEqualTo(new Proportion(1, 1));
        assertThat(accuracy.allRight(Twins.Aspect.PLACE)).isEqualTo(new Proportion(0, 1));
    }

    @Test
    void both_ways_needs_every_scene_and_every_caption() {
        assertThat(judged(Twins.Aspect.COUNT, 0.5, 0.4, 0.4, 0.5).allRight()).isTrue();
        assertThat(judged(Twins.Aspect.COUNT, 0.5, 0.6, 0.4, 0.7).allRight()).isFalse();
        assertThat(judged(Twins.Aspect.COUNT, 0.5, 0.4, 0.6, 0.7).allRight()).isFalse();
        assertThat(judged(Twins.Aspect.COUNT, 0.7, 0.4, 0.6, 0.5).allRight()).isFalse();
        assertThat(judged(Twins.Aspect.COUNT, 0.7, 0.6, 0.4, 0.5).allRight()).isFalse();
    }
}

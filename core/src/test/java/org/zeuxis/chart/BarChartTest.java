package org.zeuxis.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.chart.BarChart.Bar;
import org.zeuxis.chart.BarChart.Panel;
import org.zeuxis.eval.Proportion;
import org.zeuxis.image.Image;

class BarChartTest {
    @Test
    void a_bar_that_is_twice_as_high_has_twice_the_colour() {
        double one = coloured(new Proportion(2000, 10_000).bar());
        double two = coloured(new Proportion(4000, 10_000).bar());
        assertThat(two / one).isBetween(1.9, 2.1);
    }

    /** Beside a bar that is always all there is, so that the scale is the same. */
    private static double coloured(Bar share) {
        Image chart = new BarChart(
                        "title",
                        "subtitle",
                        List.of("some", "all"),
                        List.of("only"),
                        List.of(new Panel("panel", List.of(List.of(share), List.of(new Proportion(99, 100).bar())))))
                .draw();
        Color bar = Shade.of(0.7);
        int pixels = 0;
        for (int y = 0; y < chart.height(); y++) {
            for (int x = 0; x < chart.width() / 2; x++) {
                if (chart.sample(x, y, 0) == bar.getRed() && chart.sample(x, y, 2) == bar.getBlue()) pixels++;
            }
        }
        return pixels;
    }

    @Test
    void every_panel_has_its_place() {
        List<List<Bar>> bars = List.of(List.of(new Proportion(0, 9).bar(), new Proportion(9, 9).bar()));
        List<String> series = List.of("a", "b");
        Image one = new BarChart("t", "s", List.of("c"), series, List.of(new Panel("p", bars))).draw();
        Image two = new BarChart("t", "s", List.of("c"), series, List.of(new Panel("p", bars), new Panel("q", bars)))
                .draw();
        assertThat(two.height()).isGreaterThan(one.height() + 100);
        assertThat(two.width()).isEqualTo(one.width());
    }

    @Test
    void a_bar_that_lacks_is_refused() {
        Panel panel = new Panel("p", List.of(List.of(new Proportion(1, 2).bar())));
        assertThatThrownBy(() -> new BarChart("t", "s", List.of("c", "d"), List.of("a"), List.of(panel)))
                .hasMessageContaining("p: expected 2 groups of 1");
        assertThatThrownBy(() -> new BarChart("t", "s", List.of("c"), List.of("a"), List.of()))
                .hasMessageContaining("got 0");
    }
}

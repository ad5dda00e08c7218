package org.zeuxis.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.zeuxis.image.Image;
import org.zeuxis.tensor.Tensor;

class EventsTest {
    private static final Image IMAGE = new Image(1, 1, 3, new byte[3]);

    @Test
    void stagesAreToldByNameAndPreviewedOnlyIfAsked() {
        List<StepEvent> told = new ArrayList<>();
        AtomicInteger drawn = new AtomicInteger();
        Events events = told::add;
        events.stage("prior").done(1, 5, Tensor.ones(1));
        events.stage("decoder", x0 -> {
                    drawn.incrementAndGet();
                    return IMAGE;
                })
                .done(2, 7, Tensor.ones(1));
        assertThat(told).extracting(StepEvent::stage).containsExactly("prior", "decoder");
        assertThat(told).extracting(StepEvent::step).containsExactly(1, 2);
        assertThat(told).extracting(StepEvent::steps).containsExactly(5, 7);
        assertThat(drawn).hasValue(0);
        assertThat(told.get(0).preview().get()).isEmpty();
        assertThat(told.get(1).preview().get()).contains(IMAGE);
        assertThat(drawn).hasValue(1);
    }

    @Test
    void cancelledMidwayNobodyIsToldOfThatStep() {
        List<Integer> told = new ArrayList<>();
        Events events = event -> told.add(event.step());
        AtomicInteger asked = new AtomicInteger();
        var progress = events.unless(() -> asked.incrementAndGet() > 1).stage("");
        progress.done(1, 5, Tensor.ones(1));
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> progress.done(2, 5, Tensor.ones(1)))
                .withMessage("expected to run 5 steps, got cancelled after 2");
        assertThat(told).containsExactly(1);
    }
}

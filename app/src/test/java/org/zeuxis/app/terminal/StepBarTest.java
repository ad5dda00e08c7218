package org.zeuxis.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.zeuxis.models.StepEvent;

/** What a person sees of the stages of a model. */
class StepBarTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final PrintStream terminal = new PrintStream(shown, true, StandardCharsets.UTF_8);
    private long now;

    private StepBar bar(int pictures) {
        return new StepBar(pictures, task -> new ProgressLine(terminal, () -> now, task, 0, "", 1));
    }

    private String told(StepBar bar, String stage, int step, int steps) {
        shown.reset();
        now += 1_000_000_000L;
        bar.tell(new StepEvent(stage, step, steps, Optional::empty));
        String text = shown.toString(StandardCharsets.UTF_8);
        return text.substring(text.lastIndexOf('\r') + 1).strip();
    }

    @Test
    void aModelOfOneStageHasOneBarForAllPictures() {
        try (StepBar bar = bar(2)) {
            assertThat(told(bar, "", 1, 2)).startsWith("drawing  25% [").contains(" 1/4 ");
            told(bar, "", 2, 2);
            assertThat(told(bar, "", 1, 2)).contains(" 3/4 ");
        }
    }

    @Test
    void eachStageIsNamedAndOfSeveralPicturesWhichItIs() {
        try (StepBar bar = bar(2)) {
            assertThat(told(bar, "prior", 1, 2)).startsWith("prior 1/2  50% [").contains(" 1/2 ");
            told(bar, "prior", 2, 2);
            assertThat(told(bar, "decoder", 1, 4)).startsWith("decoder 1/2  25% [");
            assertThat(told(bar, "upsampler256", 1, 1)).startsWith("upsampler256 1/2 100% [");
            assertThat(told(bar, "prior", 1, 2)).startsWith("prior 2/2  50% [");
        }
        assertThat(shown.toString(StandardCharsets.UTF_8)).endsWith("\n");
        try (StepBar bar = bar(1)) {
            assertThat(told(bar, "decoder", 1, 4)).startsWith("decoder  25% [");
        }
    }
}

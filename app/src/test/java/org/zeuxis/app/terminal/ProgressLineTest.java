package org.zeuxis.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What a terminal is shown of work that takes long. */
class ProgressLineTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private long now;

    @Test
    void saysHowFarAndHowLongAndEndsItsLine() {
        try (ProgressLine line = line("drawing", 20, "", 1)) {
            line.to(0);
            now += 10_000_000_000L;
            line.to(5);
            assertThat(last()).isEqualTo("drawing  25% [======>                 ] 5/20  0:10, 0:30 left");
            line.note("loss 0.5");
            now += 1_000_000_000L;
            line.to(20);
            assertThat(last()).isEqualTo("drawing 100% [========================] 20/20  0:11, loss 0.5");
        }
        assertThat(text()).endsWith("\n").doesNotContain("\u001b");
    }

    @Test
    void countsInUnitsAndWithoutATotal() {
        ProgressLine known = line("pulling", 20_000_000, "MB", 1e6);
        known.to(2_500_000);
        assertThat(last()).isEqualTo("pulling  12% [===>                    ] 2.5/20.0 MB  0:00");
        ProgressLine unknown = line("pulling", 0, "MB", 1e6);
        now += 3_700_000_000_000L;
        unknown.to(2_500_000);
        assertThat(last()).isEqualTo("pulling 2.5 MB  1:01:40");
    }

    @Test
    void isNeverWiderThanATerminalAndMakesRoomForOthers() {
        ProgressLine line = line("drawing", 9, "", 1);
        line.note("é".repeat(500));
        line.to(1);
        line.erase();
        for (String drawn : text().split("\r", -1)) assertThat(drawn.length()).isLessThanOrEqualTo(79);
        assertThat(last()).isEmpty();
    }

    @Test
    void aLongTaskTakesRoomFromTheBarAndMayChange() {
        ProgressLine line = line("drawing", 4, "", 1);
        line.to(0);
        now += 10_000_000_000L;
        line.task("pictograms: a red fish on a table");
        line.to(2);
        assertThat(last()).isEqualTo("pictograms: a red fish on a table  50% [=====>     ] 2/4  0:10, 0:10 left");
    }

    /** A library that opened the terminal made Ctrl-C end the process before it could save. */
    @Test
    void nothingOnTheClassPathTakesTheTerminalOver() {
        assertThatThrownBy(() -> Class.forName("org.jline.terminal.TerminalBuilder"))
                .isInstanceOf(ClassNotFoundException.class);
    }

    private ProgressLine line(String task, long total, String unit, double scale) {
        PrintStream terminal = new PrintStream(shown, true, StandardCharsets.UTF_8);
        return new ProgressLine(terminal, () -> now, task, total, unit, scale);
    }

    private String text() {
        return shown.toString(StandardCharsets.UTF_8);
    }

    private String last() {
        String all = text();
        return all.substring(all.lastIndexOf('\r') + 1).stripTrailing();
    }
}

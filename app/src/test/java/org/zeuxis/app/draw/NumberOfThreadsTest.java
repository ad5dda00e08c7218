package org.zeuxis.app.draw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.app.ShellRun;

/** The shipped model's picture is the same file from processes of 1, 2, 3 and 4 threads. */
@EnabledOnOs(OS.LINUX)
class NumberOfThreadsTest {
    /** Of twice its own size a picture has enough pixels for the U-Net to be shared out otherwise, too. */
    @ParameterizedTest
    @ValueSource(strings = {"bfloat16", "float32"})
    void drawsTheSameFile(String type, @TempDir Path folder) throws IOException {
        assumeTrue(
                type.equals("bfloat16") || System.getenv("OPENBLAS_CORETYPE") == null,
                "OPENBLAS_CORETYPE forces another processor's kernels, of which Haswell's add up otherwise in other shares");
        ShellRun run = ShellRun.of(folder, """
                for threads in 1 2 3 4; do
                    export OMP_NUM_THREADS=$threads
                    zeuxis imagine "a red apple" --dtype %1$s --steps 2 -o small-$threads.png || exit 9
                    zeuxis imagine "a red apple" --dtype %1$s --steps 1 --size 128x128 -o large-$threads.png || exit 9
                done
                """.formatted(type));
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        for (String size : new String[] {"small", "large"}) {
            for (int threads = 2; threads <= 4; threads++) {
                assertThat(folder.resolve(size + "-" + threads + ".png"))
                        .hasSameBinaryContentAs(folder.resolve(size + "-1.png"));
            }
        }
    }
}

package sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.zeuxis.image.codec.PngText;

/** The sample runs, with the models that ship and a tiny Flamingo of random weights. */
@ExtendWith(OutputCaptureExtension.class)
class PictureSearchApplicationTest {
    private static final Path FLAMINGO = Path.of("../core/src/test/resources/golden/tiny-idefics-resampled");

    @Test
    void picturesAreDrawnFoundAndSpokenOf(@TempDir Path folder, CapturedOutput output) throws IOException {
        PictureSearchApplication.main(new String[] {
            "--pictures=" + folder,
            "--spring.main.banner-mode=off",
            "--logging.level.root=WARN",
            "--spring.ai.zeuxis.image.steps=16",
            "--spring.ai.zeuxis.image.seed=7",
            "--spring.ai.zeuxis.chat.model=" + FLAMINGO,
            "--spring.ai.zeuxis.chat.max-tokens=16"
        });
        List<String> lines = output.getOut().lines().toList();
        assertThat(lines)
                .contains(
                        "apple: " + folder.resolve("a-red-apple.png"),
                        "car: " + folder.resolve("a-blue-car.png"),
                        "duck: " + folder.resolve("a-yellow-duck.png"));
        // each is followed by what the Flamingo says, however little sense it makes
        assertThat(lines.size()).isGreaterThanOrEqualTo(6);
        assertThat(PngText.read(folder.resolve("a-red-apple.png")).entries().get(PngText.REQUEST))
                .contains("a red apple");
    }
}

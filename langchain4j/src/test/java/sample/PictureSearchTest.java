package sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;

/** The sample runs, with the models that ship and a tiny Flamingo of random weights. */
class PictureSearchTest {
    private static final Path FLAMINGO = Path.of("../core/src/test/resources/golden/tiny-idefics-resampled");

    @Test
    void picturesAreDrawnFoundAndSpokenOf(@TempDir Path folder) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PictureSearch.run(new PrintStream(said, true, StandardCharsets.UTF_8), folder.toString(), FLAMINGO.toString());
        List<String> lines = said.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines)
                .contains(
                        "apple: " + folder.resolve("a-red-apple.png"),
                        "car: " + folder.resolve("a-blue-car.png"),
                        "duck: " + folder.resolve("a-yellow-duck.png"));
        // each is followed by what the Flamingo says, however little sense it makes
        assertThat(lines.size()).isGreaterThanOrEqualTo(6);
        Path apple = folder.resolve("a-red-apple.png");
        assertThat(ImageFile.read(apple).width()).isEqualTo(64);
        assertThat(PngText.read(apple).entries().get(PngText.REQUEST)).contains("a red apple");
    }
}

package org.zeuxis.models.latentdiffusion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.tensor.DType;
import org.zeuxis.text.ClipTokenizer;
import org.zeuxis.text.Tokenizer;

/** A word that was learned as two vectors, within a folder of Stable Diffusion. */
class TextualInversionTest {
    private static final Path FOLDER = Golden.path("textual-inversion");

    @Test
    void isDrawnAsDiffusersDrawsIt(@TempDir Path temporary) throws IOException {
        Path model = FolderCopy.of(Golden.path("tiny-stable-diffusion"), temporary.resolve("model"));
        for (String part : new String[] {"tokenizer", "text_encoder"}) {
            try (Stream<Path> files = Files.list(model.resolve(part))) {
                for (Path file : files.toList()) Files.delete(file);
            }
            Files.delete(model.resolve(part));
            FolderCopy.of(FOLDER.resolve(part), model.resolve(part));
        }
        JsonNode asked =
                new ObjectMapper().readTree(FOLDER.resolve("drawn.json").toFile());
        ImageRequest request = ImageRequest.of(asked.get("prompt").asText())
                .withNegative(asked.get("negative").asText())
                .withSeed(0)
                .withSteps(5)
                .withGuidance(5);
        Image drawn = LatentDiffusion.load(model, DType.FLOAT32)
                .generate(request)
                .get(0)
                .image();
        Image expected = ImageFile.read(FOLDER.resolve("drawn.png"));
        assertThat(drawn.width()).isEqualTo(expected.width());
        for (int i = 0; i < expected.samples().length; i++) {
            assertThat(Math.abs((drawn.samples()[i] & 255) - (expected.samples()[i] & 255)))
                    .isLessThanOrEqualTo(1);
        }
    }

    @Test
    void stands_for_all_of_its_vectors_and_no_other_word_does() throws IOException {
        Tokenizer tokenizer = ClipTokenizer.read(FOLDER.resolve("tokenizer"));
        assertThat(tokenizer.expanded("a photo of <cat-toy>, red")).isEqualTo("a photo of <cat-toy> <cat-toy>_1, red");
        assertThat(tokenizer.expanded("<cat-toy>_1 bird")).isEqualTo("<cat-toy>_1 bird");
        assertThat(tokenizer.expanded("a bird <|endoftext|>")).isEqualTo("a bird <|endoftext|>");
        assertThat(tokenizer.tokens("<cat-toy> <cat-toy>_1")).containsExactly(552, 553);
    }
}

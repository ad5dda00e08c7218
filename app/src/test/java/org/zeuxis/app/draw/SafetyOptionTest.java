package org.zeuxis.app.draw;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;
import org.zeuxis.tensor.Tensor;

/** {@code zeuxis imagine --safety}. */
class SafetyOptionTest {
    private static final String WEIGHTS = "safety_checker/model.safetensors";

    @TempDir
    Path folder;

    /** The tiny pipeline with a checker that flags all there is. */
    private String judging() throws IOException {
        Path model = folder.resolve("model");
        for (String part : List.of("tiny-stable-diffusion", "tiny-safety")) {
            Path from = CommandRun.GOLDEN.resolve(part);
            try (Stream<Path> files = Files.walk(from)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Path copy = model.resolve(from.relativize(file).toString());
                    Files.createDirectories(copy.resolveSibling("."));
                    Files.copy(file, copy);
                }
            }
        }
        Map<String, Tensor> all = new LinkedHashMap<>();
        try (Safetensors file =
                Safetensors.open(CommandRun.GOLDEN.resolve("tiny-safety").resolve(WEIGHTS))) {
            for (String name : file.names()) all.put(name, file.tensor(name));
            all.put("concept_embeds_weights", Tensor.full(-1.5, 17));
            Files.delete(model.resolve(WEIGHTS));
            SafetensorsWriter.write(model.resolve(WEIGHTS), all, Map.of("format", "pt"));
        }
        return model.toString();
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void tellsWhatItFlagsAndIsRepeated() throws IOException {
        String model = judging();
        CommandRun run = CommandRun.of(
                "imagine",
                "a cat",
                "--model",
                model,
                "--steps",
                "2",
                "--size",
                "32x24",
                "--seed",
                "7",
                "--safety",
                "blank",
                "-o",
                path("a.png"));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("zeuxis imagine: the safety checker flagged the picture of seed 7: concept 0 (score ")
                .endsWith("); it is left black");
        assertThat(ImageFile.read(folder.resolve("a.png")).samples()).containsOnly(0);
        assertThat(PngText.read(folder.resolve("a.png")).entries().get(PngText.PARAMETERS))
                .contains("Safety: blank, Flagged: ");
        run = CommandRun.of("imagine", "--like", path("a.png"), "--model", model, "-o", path("again.png"));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(folder.resolve("again.png")).hasSameBinaryContentAs(folder.resolve("a.png"));
        run = CommandRun.of(
                "imagine", "--like", path("a.png"), "--model", model, "--safety", "off", "-o", path("off.png"));
        assertThat(run.err()).isEmpty();
        assertThat(ImageFile.read(folder.resolve("off.png")).samples()).isNotEqualTo(new byte[32 * 24 * 3]);
    }

    @Test
    void isRefusedWhereThereIsNothingToJudgeBy() {
        CommandRun run =
                CommandRun.of("imagine", "a cat", "--model", CommandRun.TINY, "--safety", "flag", "-o", path("a.png"));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("tiny-stable-diffusion: expected a model's folder with safety_checker");
        assertThat(folder.resolve("a.png")).doesNotExist();
        run = CommandRun.of("imagine", "a cat", "--safety", "on");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("--safety: expected safety to be one of off, flag, blank, got on");
    }

    @Test
    void whatWouldBeBlankIsNotShownBefore() {
        CommandRun run = CommandRun.of(
                "imagine", "a cat", "--safety", "blank", "--preview", path("growing.png"), "-o", path("b.png"));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("--preview: expected no --safety blank, as what grows is not judged, got both");
        assertThat(folder).isEmptyDirectory();
    }
}

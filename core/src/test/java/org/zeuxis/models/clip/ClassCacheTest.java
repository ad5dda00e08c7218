package org.zeuxis.models.clip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.checkpoint.TensorCache;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Tensor;

class ClassCacheTest {
    private static final List<String> LABELS = List.of("car", "bird");

    @TempDir
    Path folder;

    private final ClipFolder model = TinyClip.make();

    @Test
    void whatWasKeptIsWhatIsGivenAgain() throws IOException {
        Tensor first = classes(model, PromptTemplates.BARE);
        assertThat(kept()).hasSize(1);
        Path file = kept().get(0);
        byte[] before = Files.readAllBytes(file);
        assertThat(classes(model, PromptTemplates.BARE).maxDifference(first)).isZero();
        assertThat(kept()).containsExactly(file);
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void otherWeightsOrOtherSentencesAreOtherClasses() throws IOException {
        Tensor first = classes(model, PromptTemplates.BARE);
        classes(model, PromptTemplates.PHOTO);
        assertThat(kept()).hasSize(2);
        try (Gradients off = Gradients.off()) {
            Tensor weight = model.clip().parameters().get("text_projection.weight");
            InPlace.become(weight, weight.times(-1));
        }
        Tensor negated = classes(model, PromptTemplates.BARE);
        assertThat(kept()).hasSize(3);
        assertThat(negated.plus(first).abs().max()).isLessThan(1e-6);
    }

    @Test
    void aDamagedFileIsMadeAgain() throws IOException {
        Tensor first = classes(model, PromptTemplates.BARE);
        Files.writeString(kept().get(0), "damaged");
        assertThat(classes(model, PromptTemplates.BARE).maxDifference(first)).isZero();
        assertThat(Files.size(kept().get(0))).isGreaterThan(50);
    }

    @Test
    void aShortListIsNotWorthKeepingAndAFolderThatCannotBeWrittenLosesNothing() throws IOException {
        new ZeroShotClassifier(
                model, LABELS, PromptTemplates.BARE, new ClassCache(new TensorCache(folder.resolve("short")), 3));
        assertThat(folder.resolve("short")).doesNotExist();
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(new ZeroShotClassifier(model, LABELS, PromptTemplates.BARE, new ClassCache(new TensorCache(file), 1))
                        .classes()
                        .size(0))
                .isEqualTo(2);
    }

    private Tensor classes(ClipFolder clip, PromptTemplates templates) {
        return new ZeroShotClassifier(
                        clip, LABELS, templates, new ClassCache(new TensorCache(folder.resolve("cache")), 2))
                .classes();
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> all = Files.list(folder.resolve("cache"))) {
            return all.sorted().toList();
        }
    }
}

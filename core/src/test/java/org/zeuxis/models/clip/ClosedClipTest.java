package org.zeuxis.models.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.image.Image;
import org.zeuxis.tensor.Tensor;

final class ClosedClipTest {
    private static final String CLOSED = "expected an open model, got a closed one; load it again";
    private static final List<Image> PICTURE = List.of(new Image(16, 16, 3, new byte[16 * 16 * 3]));

    @Test
    void aClosedImageClassifierSaysSoAndHoldsNothing(@TempDir Path folder) throws IOException {
        assumeThat(Path.of("/proc/self/maps")).isReadable();
        ImageTower.Config tower = TinyClip.make().clip().config().vision();
        try (ImageClassifier made = ImageClassifier.begun(tower, List.of("cat", "dog"))) {
            made.save(folder);
        }
        ImageClassifier classifier = ImageClassifier.load(folder);
        try (classifier) {
            assertThat(classifier.logits(PICTURE).shape()).containsExactly(1, 2);
        }
        assertThat(classifier.tower().parameters().values()).isNotEmpty().allMatch(Tensor::isFreed);
        assertThat(Files.readString(Path.of("/proc/self/maps")))
                .doesNotContain(folder.toRealPath().toString());
        assertThatIllegalStateException()
                .isThrownBy(() -> classifier.logits(PICTURE))
                .withMessage(CLOSED);
    }

    @Test
    void aClosedClipSaysSo() {
        ClipFolder model = TinyClip.make();
        ZeroShotClassifier classifier = new ZeroShotClassifier(model, List.of("cat", "dog"), PromptTemplates.BARE);
        model.close();
        assertThat(model.clip().parameters().values()).isNotEmpty().allMatch(Tensor::isFreed);
        assertThatIllegalStateException()
                .isThrownBy(() -> model.embedImages(PICTURE))
                .withMessage(CLOSED);
        assertThatIllegalStateException()
                .isThrownBy(() -> model.embedTexts(List.of("a cat")))
                .withMessage(CLOSED);
        assertThatIllegalStateException()
                .isThrownBy(() -> classifier.classify(PICTURE))
                .withMessage(CLOSED);
    }

    @Test
    void aClosedZeroShotClassifierSaysSoAndLeavesItsModelOpen() {
        ClipFolder model = TinyClip.make();
        ZeroShotClassifier classifier = new ZeroShotClassifier(model, List.of("cat", "dog"), PromptTemplates.BARE);
        try (classifier) {
            assertThat(classifier.classify(PICTURE)).hasSize(1);
        }
        assertThat(classifier.classes().isFreed()).isTrue();
        assertThatIllegalStateException()
                .isThrownBy(() -> classifier.classify(PICTURE))
                .withMessage("expected an open classifier, got a closed one; make it again");
        assertThat(model.embedImages(PICTURE).shape()).containsExactly(1, 8);
    }
}

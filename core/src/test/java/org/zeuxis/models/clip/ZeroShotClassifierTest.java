package org.zeuxis.models.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.ZeroShotClassifier.Prediction;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Tensor;

class ZeroShotClassifierTest {
    private static final List<String> LABELS = List.of("red car", "bird", "a red bird");
    private final ClipFolder model = TinyClip.make();

    @Test
    void probabilitiesAreTheSoftmaxOfScaledCosinesBestFirst() {
        ZeroShotClassifier classifier = new ZeroShotClassifier(model, LABELS, PromptTemplates.BARE);
        List<Image> pictures = List.of(picture(20, 30, 7), picture(16, 16, 90));
        List<List<Prediction>> all = classifier.classify(pictures);
        try (Gradients off = Gradients.off()) {
            Tensor logits = model.clip().logits(model.embedImages(pictures), model.embedTexts(LABELS));
            float[] expected = logits.softmax(-1).toFloats();
            for (int i = 0; i < pictures.size(); i++) {
                List<Prediction> found = all.get(i);
                assertThat(found).extracting(Prediction::label).containsExactlyInAnyOrderElementsOf(LABELS);
                assertThat(found)
                        .extracting(Prediction::probability)
                        .isSortedAccordingTo((a, b) -> Double.compare(b, a));
                for (Prediction p : found) {
                    int at = i * LABELS.size() + LABELS.indexOf(p.label());
                    assertThat(p.probability()).isCloseTo(expected[at], within(1e-5));
                }
            }
        }
    }

    @Test
    void severalTemplatesAreAveragedInTheSpaceOfEmbeddings() {
        PromptTemplates two = new PromptTemplates(List.of("a {}", "the {}!"));
        Tensor classes = new ZeroShotClassifier(model, List.of("car", "bird"), two).classes();
        Tensor each = model.embedTexts(List.of("a car", "the car!", "a bird", "the bird!"));
        Tensor car = each.slice(0, 0, 2).mean(0).normalized(-1);
        Tensor bird = each.slice(0, 2, 4).mean(0).normalized(-1);
        assertThat(classes.maxDifference(Tensor.cat(0, car, bird))).isLessThan(1e-6);
        assertThat(classes.slice(0, 0, 1).maxDifference(each.slice(0, 0, 1))).isGreaterThan(1e-4);
    }

    @Test
    void labelsMustBeThereAndDiffer() {
        assertThatThrownBy(() -> new ZeroShotClassifier(model, List.of(), PromptTemplates.BARE))
                .hasMessageContaining("at least one label");
        assertThatThrownBy(() -> new ZeroShotClassifier(model, List.of("a", "a"), PromptTemplates.BARE))
                .hasMessageContaining("labels that differ");
    }

    @Test
    void templatesHaveOnePlaceForTheLabel() {
        assertThat(PromptTemplates.PHOTO.fill("cat")).containsExactly("a photo of a cat.");
        assertThatThrownBy(() -> new PromptTemplates(List.of("a photo"))).hasMessageContaining("got \"a photo\"");
        assertThatThrownBy(() -> new PromptTemplates(List.of("{} {}"))).hasMessageContaining("once");
    }

    private static Image picture(int width, int height, int start) {
        byte[] samples = new byte[width * height * 3];
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) (start + i * 31);
        return new Image(width, height, 3, samples);
    }
}

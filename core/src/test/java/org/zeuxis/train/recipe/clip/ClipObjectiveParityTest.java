package org.zeuxis.train.recipe.clip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.zeuxis.Golden;
import org.zeuxis.models.clip.Clip;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.nn.Activation;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Tensor;

/** Losses and their gradients against the reference's: the contrast of CLIP, and the whole of a CLIP. */
final class ClipObjectiveParityTest {
    private static final Golden GOLDEN = Golden.open("training.safetensors");

    @AfterAll
    static void close() {
        GOLDEN.close();
    }

    @Test
    void theContrastOfClip() {
        Tensor images = GOLDEN.tensor("in.clip_loss.image_features").copy().recordGradient();
        Tensor texts = GOLDEN.tensor("in.clip_loss.text_features").copy().recordGradient();
        Tensor scale = GOLDEN.tensor("in.clip_loss.logit_scale").copy().recordGradient();
        Tensor logits = images.normalized(-1)
                .matmul(texts.normalized(-1).transpose(0, 1))
                .times(scale.exp());
        GOLDEN.check("mid.clip_loss.logits_per_image", logits, 1e-5);
        Tensor loss = ClipObjective.contrast(logits);
        GOLDEN.check("out.clip_loss", loss, 1e-5);
        List<Tensor> gradients = loss.gradients(List.of(images, texts, scale));
        GOLDEN.check("out.clip_loss.gradient.image_features", gradients.get(0), 1e-5);
        GOLDEN.check("out.clip_loss.gradient.text_features", gradients.get(1), 1e-5);
        GOLDEN.check("out.clip_loss.gradient.logit_scale", gradients.get(2), 1e-5);
    }

    @Test
    void everyWeightOfAClip() {
        Clip clip = new Clip(new Clip.Config(
                new ClipTextModel.Config(20, 6, 8, 1, 2, 16, Activation.QUICK_GELU, 19),
                new ClipVisionModel.Config(8, 4, 8, 1, 2, 16, Activation.QUICK_GELU),
                6));
        GOLDEN.load(clip, "clip_model.");
        Map<String, Tensor> parameters = clip.parameters();
        parameters.values().forEach(p -> {
            InPlace.become(p, p.copy());
            p.recordGradient();
        });
        Tensor images = clip.embedImages(GOLDEN.tensor("in.clip_model.pixels"));
        Tensor texts = clip.embedText(GOLDEN.tensor("in.clip_model.tokens"));
        Tensor loss = ClipObjective.contrast(clip.logits(images, texts));
        GOLDEN.check("out.clip_model.loss", loss, 1e-5);
        loss.backward();
        parameters.forEach((key, p) -> {
            Tensor gradient = p.grad();
            assertThat(gradient).as(key).isNotNull();
            if (gradient != null) GOLDEN.check("out.clip_model.gradient." + key, gradient, 1e-4);
        });
    }
}

package org.zeuxis.models.latentdiffusion.safety;

import java.util.ArrayList;
import java.util.List;
import org.zeuxis.checkpoint.KeyMap;
import org.zeuxis.models.FlaggedConcept;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.models.clip.ProjectedVisionModel;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * Compares a picture with concepts in the space of a CLIP, each of which has a threshold of its own; its keys are those of diffusers'
 * {@code StableDiffusionSafetyChecker}.
 *
 * @see <a href="https://arxiv.org/abs/2210.04610">Red-Teaming the Stable Diffusion Safety Filter</a>, which describes it
 */
final class SafetyChecker extends Module {
    /** The vision tower has its name twice, unless transformers 5 wrote it. */
    static final KeyMap PUBLISHED = new KeyMap().rename("vision_model.vision_model.*", "vision_model.*");

    private static final int CONCEPTS = 17;
    private static final int SPECIAL = 3;
    /** How much stricter a concept of special care makes all that is compared after it. */
    private static final float STRICTER = 0.01f;

    private final ProjectedVisionModel vision;
    private final Tensor concepts; // [concepts, width]
    private final Tensor special; // [special, width]
    private final Tensor thresholds; // [concepts]
    private final Tensor specialThresholds; // [special]

    /** @param width of the space of the concepts */
    SafetyChecker(ClipVisionModel.Config c, int width) {
        Initialization ones = Initialization.constant(1);
        vision = child("", new ProjectedVisionModel(c, width));
        concepts = parameter("concept_embeds", ones, CONCEPTS, width);
        special = parameter("special_care_embeds", ones, SPECIAL, width);
        thresholds = parameter("concept_embeds_weights", ones, CONCEPTS);
        specialThresholds = parameter("special_care_embeds_weights", ones, SPECIAL);
    }

    /**
     * How much more like each concept one picture is than its threshold allows, in thousandths: above 0 it is flagged.
     *
     * @param special of the concepts that flag nothing but make the others stricter
     */
    record Scores(float[] special, float[] concepts) {
        List<FlaggedConcept> flagged() {
            List<FlaggedConcept> all = new ArrayList<>();
            for (int i = 0; i < concepts.length; i++) {
                // the decimal number that was rounded to
                if (concepts[i] > 0) all.add(new FlaggedConcept(i, Double.parseDouble(Float.toString(concepts[i]))));
            }
            return all;
        }
    }

    /** @param pixels normalised, of one picture, [1, 3, imageSize, imageSize] */
    Scores scores(Tensor pixels) {
        Tensor embedding = vision.forward(pixels).to(DType.FLOAT32).normalized(-1);
        float[] care = cosines(embedding, special);
        float[] compared = cosines(embedding, concepts);
        float adjustment = scored(care, specialThresholds.toFloats(), 0, STRICTER);
        float unused = scored(compared, thresholds.toFloats(), adjustment, adjustment);
        return new Scores(care, compared);
    }

    private static float[] cosines(Tensor embedding, Tensor others) {
        return embedding
                .matmul(others.to(DType.FLOAT32).normalized(-1).transpose(0, 1))
                .toFloats();
    }

    /**
     * Makes scores of cosines.
     *
     * @param afterwards the adjustment from the first that is above 0 on
     * @return the adjustment in the end
     */
    private static float scored(float[] cosines, float[] thresholds, float adjustment, float afterwards) {
        float now = adjustment;
        for (int i = 0; i < cosines.length; i++) {
            cosines[i] = (float) Math.rint((cosines[i] - thresholds[i] + now) * 1000f) / 1000f;
            if (cosines[i] > 0) now = afterwards;
        }
        return now;
    }
}

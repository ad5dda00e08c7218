package org.zeuxis.models;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.zeuxis.image.Image;

/**
 * What picture is wanted.
 *
 * @param prompt what it shows; may be empty
 * @param negative what it does not show; may be empty
 * @param seed of the first picture; each further one has the next number
 * @param stages how each stage of the model samples, by name; the main one's is empty
 * @param width in pixels, or 0 for the source's, and without one the model's own
 * @param height in pixels, or 0 likewise
 * @param count how many pictures
 * @param source what it is drawn from; null if from nothing but the prompt
 * @param clipSkip how many of the last layers of a CLIP that reads the prompt are left out; 0 for none but those that the model
 *     itself leaves out
 * @param secondPass how it is drawn again at a larger size; null if it is not
 * @param safety what becomes of it if the model's safety checker flags it
 */
public record ImageRequest(
        String prompt,
        String negative,
        long seed,
        Map<String, Sampling> stages,
        int width,
        int height,
        int count,
        @Nullable Source source,
        int clipSkip,
        @Nullable SecondPass secondPass,
        Safety safety) {
    private static final String MAIN = "";

    /** @throws IllegalArgumentException if a number is out of its range, saying which and what would do */
    public ImageRequest {
        if (width < 0 || height < 0) {
            throw new IllegalArgumentException("expected a size such as 64x64, got " + width + "x" + height);
        }
        if (count < 1) throw new IllegalArgumentException("expected a count of at least 1 picture, got " + count);
        if (clipSkip < 0) {
            throw new IllegalArgumentException("expected a CLIP skip of at least 0, got " + clipSkip + "; 1 is usual");
        }
        Map<String, Sampling> said = new TreeMap<>(stages);
        said.values().removeIf(Sampling.OWN::equals);
        stages = Collections.unmodifiableMap(said);
    }

    /** One picture, all else up to the model. */
    public static ImageRequest of(String prompt) {
        return new ImageRequest(prompt, "", 0, Map.of(), 0, 0, 1, null, 0, null, Safety.OFF);
    }

    /** How the main stage samples. */
    public Sampling sampling() {
        return sampling(MAIN);
    }

    /** How a stage samples; all of it up to the model unless it was said. */
    public Sampling sampling(String stage) {
        return stages.getOrDefault(stage, Sampling.OWN);
    }

    public ImageRequest withPrompt(String text) {
        return new ImageRequest(
                text, negative, seed, stages, width, height, count, source, clipSkip, secondPass, safety);
    }

    public ImageRequest withNegative(String text) {
        return new ImageRequest(prompt, text, seed, stages, width, height, count, source, clipSkip, secondPass, safety);
    }

    public ImageRequest withSeed(long number) {
        return new ImageRequest(
                prompt, negative, number, stages, width, height, count, source, clipSkip, secondPass, safety);
    }

    /** With this sampling of the main stage. */
    public ImageRequest with(Sampling sampling) {
        return with(MAIN, sampling);
    }

    public ImageRequest with(String stage, Sampling sampling) {
        Map<String, Sampling> more = new TreeMap<>(stages);
        more.put(stage, sampling);
        return new ImageRequest(
                prompt, negative, seed, more, width, height, count, source, clipSkip, secondPass, safety);
    }

    public ImageRequest withSteps(int number) {
        return with(sampling().withSteps(number));
    }

    public ImageRequest withGuidance(double scale) {
        return with(sampling().withGuidance(scale));
    }

    public ImageRequest withSampler(String name) {
        return with(sampling().withSampler(name));
    }

    public ImageRequest withSize(int columns, int rows) {
        return new ImageRequest(
                prompt, negative, seed, stages, columns, rows, count, source, clipSkip, secondPass, safety);
    }

    public ImageRequest withCount(int number) {
        return new ImageRequest(
                prompt, negative, seed, stages, width, height, number, source, clipSkip, secondPass, safety);
    }

    /** With so many of the last layers of the CLIP that reads the prompt left out. */
    public ImageRequest withClipSkip(int layers) {
        return new ImageRequest(
                prompt, negative, seed, stages, width, height, count, source, layers, secondPass, safety);
    }

    /** Drawn again at a larger size; null for not so. */
    public ImageRequest withSecondPass(@Nullable SecondPass pass) {
        return new ImageRequest(prompt, negative, seed, stages, width, height, count, source, clipSkip, pass, safety);
    }

    /** Judged by the model's safety checker, or not. */
    public ImageRequest withSafety(Safety kind) {
        return new ImageRequest(
                prompt, negative, seed, stages, width, height, count, source, clipSkip, secondPass, kind);
    }

    /** Drawn from nothing but the prompt. */
    public ImageRequest withoutSource() {
        return drawnFrom(null);
    }

    /**
     * Drawn from a picture.
     *
     * @param strength 0 (the picture stays) to 1 (little of it does)
     */
    public ImageRequest from(Image image, double strength) {
        return from(new Source(image, strength, null));
    }

    /** Drawn from a picture, as all of this says. */
    public ImageRequest from(Source other) {
        return drawnFrom(other);
    }

    private ImageRequest drawnFrom(@Nullable Source other) {
        return new ImageRequest(
                prompt, negative, seed, stages, width, height, count, other, clipSkip, secondPass, safety);
    }

    /**
     * With only the white parts of a mask redrawn.
     *
     * @throws IllegalArgumentException if there is no picture to redraw, or it is of another size
     */
    public ImageRequest mask(Image white) {
        if (source == null) {
            throw new IllegalArgumentException("expected a picture before the mask of what to redraw in it, got none;"
                    + " call from(image, strength) first");
        }
        return from(new Source(source.image(), source.strength(), white));
    }

    /**
     * Refuses the sampling of a stage that a model has not, for a model that noises no picture.
     *
     * @param names of all its stages but the main one
     * @throws IllegalArgumentException if another is named, or a noise level is
     */
    public void expectStages(String... names) {
        expectNoisingStages(names);
        stages.forEach((stage, sampling) -> {
            if (sampling.noiseLevel().isEmpty()) return;
            throw new IllegalArgumentException("expected no noise level, as this model noises no picture that it"
                    + " enlarges, got " + sampling.noiseLevel().getAsInt() + "; leave it out");
        });
    }

    /** The same for a model whose stages noise what they enlarge. */
    public void expectNoisingStages(String... names) {
        for (String stage : stages.keySet()) {
            if (stage.equals(MAIN) || List.of(names).contains(stage)) continue;
            String known = names.length == 0
                    ? "no stage but the main one, as the model has no other"
                    : "a stage of " + String.join(", ", names);
            throw new IllegalArgumentException("expected " + known + ", got sampling for '" + stage + "'");
        }
    }

    /** Refuses what a latent diffusion model alone does: leaving out layers, a second pass, a safety checker. */
    public void expectNoneOfLatentDiffusion() {
        expectNoClipSkip();
        expectNoSecondPass();
        expectNoSafety();
    }

    /**
     * Refuses layers to leave out, for a model that does not read its prompt so.
     *
     * @throws IllegalArgumentException if there are any
     */
    public void expectNoClipSkip() {
        if (clipSkip == 0) return;
        throw new IllegalArgumentException("expected no CLIP skip, as this model does not read its prompt by the last"
                + " layers of a CLIP alone, got " + clipSkip + "; leave it out");
    }

    /** Refuses a second pass, of a model that has stages for that. */
    public void expectNoSecondPass() {
        if (secondPass == null) return;
        throw new IllegalArgumentException(
                "expected no second pass, as this model enlarges by stages of its own, got one; leave it out");
    }

    /** Refuses to judge pictures, for a model that has no safety checker. */
    public void expectNoSafety() {
        if (safety == Safety.OFF) return;
        throw new IllegalArgumentException("expected safety off, as this model has no safety checker, got "
                + safety.label() + "; leave it out, or name a Stable Diffusion's folder that holds one");
    }
}

package org.zeuxis.train.recipe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zeuxis.diffusion.DiffusionLoss;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.TokenBatch;
import org.zeuxis.text.Tokenizer;
import org.zeuxis.train.Objective;
import org.zeuxis.unet.UNet;

/**
 * Teaches a U-Net to denoise latents given the words of their captions, as a text tower reads them.
 *
 * @see <a href="https://arxiv.org/abs/2112.10752">Latent diffusion</a>, equation 3
 */
public final class LatentDiffusionObjective implements Objective {
    /** Whether the text tower learns too. */
    public enum TextTower {
        /** It reads as it was taught elsewhere, as in Stable Diffusion. */
        FROZEN,
        /** It is optimised with the U-Net, as in latent diffusion, section 3.3. */
        JOINT
    }

    private final UNet unet;
    private final ClipTextModel text;
    private final Tokenizer tokenizer;
    private final TextTower textTower;
    private final LatentCache cache;
    private final DiffusionLoss loss;
    private final int batchSize;

    /** @param model whose U-Net learns */
    public LatentDiffusionObjective(
            LatentDiffusion model, TextTower textTower, LatentCache cache, DiffusionLoss loss, int batchSize) {
        unet = model.unet();
        text = model.text();
        tokenizer = model.tokenizer();
        this.textTower = textTower;
        this.cache = cache;
        this.loss = loss;
        this.batchSize = batchSize;
    }

    @Override
    public Map<String, Tensor> parameters() {
        Map<String, Tensor> all = new LinkedHashMap<>(unet.parameters());
        if (textTower == TextTower.JOINT) text.parameters().forEach((key, p) -> all.put("text_encoder." + key, p));
        return all;
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public Tensor loss(long step, Seed seed) {
        Tensor places = seed.randint(0, cache.captions().size(), batchSize);
        List<String> captions = new ArrayList<>();
        Arrays.stream(places.toLongs())
                .forEach(i -> captions.add(cache.captions().get((int) i)));
        Tensor words = read(captions);
        return loss.of((xt, t) -> unet.forward(xt, t, words), cache.latents().pick(0, places), seed)
                .mean();
    }

    private Tensor read(List<String> captions) {
        TokenBatch tokens = tokenizer.encode(captions);
        try (Gradients recorded = textTower == TextTower.JOINT ? Gradients.on() : Gradients.off()) {
            return text.forward(Tensor.of(tokens.ids(), tokens.batch(), tokens.tokens()));
        }
    }
}

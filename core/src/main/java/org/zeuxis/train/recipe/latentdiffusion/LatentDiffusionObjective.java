package org.zeuxis.train.recipe.latentdiffusion;

import java.util.LinkedHashMap;
import java.util.Map;
import org.zeuxis.diffusion.DiffusionLoss;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.DenoisingUNet;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.TokenBatch;
import org.zeuxis.train.Objective;

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

    private final DenoisingUNet unet;
    private final ClipTextModel text;
    private final TextTower textTower;
    private final Tensor latents; // [count, channels, height, columns]
    private final Tensor captions; // [count, tokens] of int64
    private final DiffusionLoss loss;
    private final int batchSize;

    /** @param model whose U-Net learns */
    public LatentDiffusionObjective(
            LatentDiffusion model, TextTower textTower, LatentCache cache, DiffusionLoss loss, int batchSize) {
        unet = model.unet();
        text = model.text();
        this.textTower = textTower;
        latents = cache.latents();
        TokenBatch tokens = model.tokenizer().encode(cache.captions());
        captions = Tensor.of(tokens.ids(), tokens.batch(), tokens.tokens()).outliving();
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
        Tensor places = seed.randint(0, latents.size(0), batchSize);
        Tensor words = read(captions.pick(0, places));
        return loss.of((xt, t) -> unet.forward(xt, t, words), latents.pick(0, places), seed)
                .mean();
    }

    /** [batch, tokens, width] */
    private Tensor read(Tensor ids) {
        try (Gradients recorded = textTower == TextTower.JOINT ? Gradients.on() : Gradients.off()) {
            return text.forward(ids);
        }
    }
}

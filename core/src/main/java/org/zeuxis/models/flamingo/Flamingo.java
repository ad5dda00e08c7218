package org.zeuxis.models.flamingo;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.zeuxis.models.flamingo.eyes.Eyes;
import org.zeuxis.models.lm.Decoder;
import org.zeuxis.models.lm.Insertion;
import org.zeuxis.models.lm.Reading;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.Packing;
import org.zeuxis.tensor.Tensor;

/**
 * A vision encoder and a language model, both frozen, and what was trained between them: a resampler, and gated layers by which
 * words look at the last picture or video before them.
 *
 * @see <a href="https://arxiv.org/abs/2204.14198">Flamingo</a>, Figure 3
 */
public final class Flamingo extends Module {

    /**
     * What varies from one published Flamingo to the other.
     *
     * @param placement before which blocks of the language model the gated layers stand
     * @param every of how many blocks each one has one
     * @param gated one of these layers
     * @param mark the token that stands in the text where a picture or video is shown
     */
    public record Assembly(Placement placement, int every, Supplier<GatedCrossAttention> gated, int mark) {
        /** @throws IllegalArgumentException if there is no layer for so many blocks */
        public Assembly {
            if (every < 1)
                throw new IllegalArgumentException("expected a gated layer every 1 or more blocks, got " + every);
        }
    }

    private static final String GATED = "lang_encoder.gated_cross_attn_layers.";

    private final Assembly assembly;
    private final Eyes eyes;
    private final Resampler resampler;
    private final Map<Integer, GatedCrossAttention> gated = new TreeMap<>(); // by the block that each stands before
    private final Decoder language;

    public Flamingo(Assembly assembly, Eyes eyes, Resampler resampler, Decoder language) {
        this.assembly = assembly;
        this.eyes = eyes;
        child("vision_encoder", eyes.network());
        this.resampler = child("perceiver", resampler);
        for (int block = 0; block < language.family().layers(); block++) {
            if (!assembly.placement.isBefore(block, assembly.every)) continue;
            GatedCrossAttention layer = assembly.gated.get();
            gated.put(block, child(GATED + block, layer));
        }
        this.language = child("lang_encoder", language);
    }

    public Decoder language() {
        return language;
    }

    /** The token that stands in the text where a picture or video is shown. */
    public int mark() {
        return assembly.mark;
    }

    /** How many frames of a video it was trained to tell apart; 0 if it knows pictures alone. */
    public int frames() {
        return resampler.frames();
    }

    /** How many rows, and as many columns, of what it sees it tells apart by embeddings; 0 if by none. */
    public int places() {
        return resampler.places();
    }

    /** Whether it looks at each picture at half its size, too. */
    public boolean overview() {
        return eyes.overview();
    }

    /** What lies between the two frozen models: the resampler and the gated layers, by their keys. */
    public Map<String, Tensor> trained() {
        return parameters(key -> key.startsWith("perceiver.") || key.startsWith(GATED));
    }

    /** The language model's own, by their keys. */
    public Map<String, Tensor> ofLanguage() {
        return parameters(key -> key.startsWith("lang_encoder.") && !key.startsWith(GATED));
    }

    private Map<String, Tensor> parameters(Predicate<String> wanted) {
        Map<String, Tensor> all = parameters();
        all.keySet().removeIf(wanted.negate());
        return all;
    }

    /** {@linkplain Module#pack Packs} these, where the frozen models are packed already. */
    void packTrained(Packing packing) {
        if (resampler instanceof Module module) module.pack(packing);
        gated.values().forEach(layer -> layer.pack(packing));
    }

    /**
     * Looks at pictures, which are videos of one frame.
     *
     * @param pixels normalised, [media, frames, 3, height, columns]
     * @return visual tokens of each, [media, latents, mediaWidth]
     */
    public Tensor see(Tensor pixels) {
        long frames = pixels.size(1);
        Tensor features = eyes.features().apply(pixels.rearrange("m t c h w -> (m t) c h w"));
        return resampler.forward(features.rearrange("(m t) p d -> m t p d", "t", frames));
    }

    /**
     * @param ids [batch, tokens] of int64
     * @param visual tokens of the media of each text, in the order of its marks, [batch, media, latents, mediaWidth]
     * @return scores of the next token after each, [batch, tokens, vocabulary]
     */
    public Tensor forward(Tensor ids, Tensor visual) {
        return language.forward(ids, new ShownMedia(gated, visual, assembly.mark));
    }

    /**
     * Begins to read one text.
     *
     * @param visual tokens of its media, in the order of its marks, [media, latents, mediaWidth]
     * @param most how many tokens it gets at most
     */
    public Reading reading(Tensor visual, int most) {
        expectOpen();
        return language.reading(most, showing(List.of(visual)));
    }

    /**
     * Media of several texts that are read abreast, until it is closed.
     *
     * @param visual tokens of each text's, in the order of its marks, [media, latents, mediaWidth]
     */
    Insertion showing(List<Tensor> visual) {
        return ShownMedia.abreast(gated, visual, assembly.mark).outliving();
    }
}

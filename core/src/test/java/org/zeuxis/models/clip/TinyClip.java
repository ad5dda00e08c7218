package org.zeuxis.models.clip;

import java.util.List;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Seed;
import org.zeuxis.text.BytePairEncoding;
import org.zeuxis.text.ClipTokenizer;

/** A CLIP of random weights that sees 16 pixels and reads 16 tokens. */
public final class TinyClip {
    private TinyClip() {}

    public static ClipFolder make() {
        BytePairEncoding encoding = BytePairEncoding.train(List.of("a red car", "a red bird"), 530);
        ClipTokenizer tokenizer = new ClipTokenizer(encoding, 16, BytePairEncoding.END);
        Clip.Config config = new Clip.Config(
                new ClipTextModel.Config(
                        tokenizer.vocabularySize(), 16, 16, 2, 2, 32, Activation.QUICK_GELU, tokenizer.endId()),
                new ClipVisionModel.Config(16, 8, 24, 1, 2, 48, Activation.GELU),
                8);
        return new ClipFolder(Initialization.seeded(Seed.of(1), () -> new Clip(config)), tokenizer);
    }
}

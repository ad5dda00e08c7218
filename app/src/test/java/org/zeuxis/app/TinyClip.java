package org.zeuxis.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.zeuxis.models.clip.Clip;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Seed;
import org.zeuxis.text.BytePairEncoding;
import org.zeuxis.text.ClipTokenizer;

/** A CLIP of random weights that runs in no time. */
public final class TinyClip {
    private TinyClip() {}

    /** Writes the one of this seed, and gives its folder. */
    public static String save(Path folder, int seed) throws IOException {
        BytePairEncoding encoding = BytePairEncoding.train(List.of("a red car", "a red bird"), 530);
        ClipTokenizer tokenizer = new ClipTokenizer(encoding, 16, BytePairEncoding.END);
        Clip.Config config = new Clip.Config(
                new ClipTextModel.Config(
                        tokenizer.vocabularySize(), 16, 16, 1, 2, 32, Activation.QUICK_GELU, tokenizer.endId()),
                new ClipVisionModel.Config(16, 8, 16, 1, 2, 32, Activation.GELU),
                8);
        new ClipFolder(Initialization.seeded(Seed.of(seed), () -> new Clip(config)), tokenizer).save(folder);
        return folder.toString();
    }
}

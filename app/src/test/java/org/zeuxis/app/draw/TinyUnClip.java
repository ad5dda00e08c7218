package org.zeuxis.app.draw;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.zeuxis.app.CommandRun;
import org.zeuxis.models.unclip.UnClip;
import org.zeuxis.models.unclip.prior.AutoregressivePrior;
import org.zeuxis.models.unclip.prior.AutoregressiveTransformer;
import org.zeuxis.models.unclip.prior.DotProduct;
import org.zeuxis.models.unclip.prior.EmbeddingCodes;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** A folder with all that there is of unCLIP, its weights random: two priors, an image encoder, pictures of 8 and 32 pixels. */
public final class TinyUnClip {
    private static final int WIDTH = 12;

    private TinyUnClip() {}

    public static String save(Path folder) throws IOException {
        try (UnClip words = UnClip.load(CommandRun.GOLDEN.resolve("tiny-karlo"), DType.FLOAT32);
                UnClip pictures = UnClip.load(CommandRun.GOLDEN.resolve("tiny-karlo-variations"), DType.FLOAT32)) {
            new UnClip(
                            "whole",
                            words.captions(),
                            List.of(words.priors().get(0), autoregressive()),
                            words.decoding(),
                            words.upsamplings(),
                            pictures.images())
                    .save(folder);
        }
        return folder.toString();
    }

    private static AutoregressivePrior autoregressive() {
        Seed seed = Seed.of(41);
        Tensor images = seed.randn(200, 5).matmul(seed.randn(5, WIDTH));
        return Initialization.seeded(
                Seed.of(42),
                () -> new AutoregressivePrior(
                        new AutoregressiveTransformer(
                                new AutoregressiveTransformer.Config(WIDTH, WIDTH, 77, 5, 16, 4, 2, 8, 1)),
                        EmbeddingCodes.fit(images, 1e-6, 16),
                        DotProduct.fit(4, images, seed.randn(200, WIDTH))));
    }
}

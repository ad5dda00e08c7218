package org.zeuxis.models.unclip;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.zeuxis.Golden;
import org.zeuxis.image.Image;
import org.zeuxis.models.unclip.prior.AutoregressivePrior;
import org.zeuxis.models.unclip.prior.AutoregressiveTransformer;
import org.zeuxis.models.unclip.prior.DotProduct;
import org.zeuxis.models.unclip.prior.EmbeddingCodes;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** A tiny model with all that there is: both priors, an image encoder, one upsampler or two. */
final class WholeUnClip {
    static final int WIDTH = 12;
    static final int COMPONENTS = 5;

    private WholeUnClip() {}

    static UnClip model() throws IOException {
        UnClip karlo = UnClip.load(Golden.path("tiny-karlo"), DType.FLOAT32);
        UnClip variations = UnClip.load(Golden.path("tiny-karlo-variations"), DType.FLOAT32);
        return new UnClip(
                "whole",
                karlo.captions(),
                List.of(karlo.priors().get(0), autoregressive()),
                karlo.decoding(),
                karlo.upsamplings(),
                variations.images());
    }

    static AutoregressivePrior autoregressive() {
        Seed seed = Seed.of(41);
        // five numbers that vary: five components
        Tensor images = seed.randn(200, COMPONENTS).matmul(seed.randn(COMPONENTS, WIDTH));
        return Initialization.seeded(
                Seed.of(42),
                () -> new AutoregressivePrior(
                        new AutoregressiveTransformer(
                                new AutoregressiveTransformer.Config(WIDTH, WIDTH, 77, COMPONENTS, 16, 4, 2, 8, 1)),
                        EmbeddingCodes.fit(images, 1e-6, 16),
                        DotProduct.fit(4, images, seed.randn(200, WIDTH))));
    }

    /** The same with a decoder that is shown what is known, the weights of what it sees then being random. */
    static UnClip inpainting(UnClip model) {
        Decoding plain = model.decoding();
        Decoder wider = new Decoder(plain.network().config().inpainting());
        Map<String, Tensor> weights = wider.parameters();
        plain.network().parameters().forEach((key, weight) -> {
            Tensor to = Objects.requireNonNull(weights.get(key));
            InPlace.assign(
                    to,
                    key.equals("conv_in.weight")
                            ? Tensor.cat(1, weight.detach(), Seed.of(5).randn(weight.size(0), 4, 3, 3))
                            : weight.detach());
        });
        return new UnClip(
                model.name(),
                model.captions(),
                model.priors(),
                new Decoding(plain.projection(), wider, plain.scheduler()),
                model.upsamplings(),
                model.images());
    }

    static Image picture(int width, int height) {
        byte[] samples = new byte[width * height * 3];
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) (i * 7 / 5);
        return new Image(width, height, 3, samples);
    }

    /** White in its right half. */
    static Image mask(int size) {
        byte[] samples = new byte[size * size * 3];
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) (i / 3 % size >= size / 2 ? 255 : 0);
        return new Image(size, size, 3, samples);
    }
}

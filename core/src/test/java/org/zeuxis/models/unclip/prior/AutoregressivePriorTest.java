package org.zeuxis.models.unclip.prior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.FolderCopy;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Eigen;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** What the paper says of the autoregressive prior, of which there is no public implementation to compare with. */
class AutoregressivePriorTest {
    private static final int WIDTH = 12;
    private static final AutoregressiveTransformer.Config CONFIG =
            new AutoregressiveTransformer.Config(WIDTH, 8, 9, 5, 32, 4, 2, 6, 2);

    private final Gradients off = Gradients.off();
    private final Seed seed = Seed.of(3);

    @TempDir
    private Path temporary;

    @AfterEach
    void close() {
        off.close();
    }

    /** Embeddings that differ along few directions much, along the others little. */
    private Tensor embeddings(int n) {
        float[] spread = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) spread[i] = (float) Math.pow(0.4, i);
        Tensor turned = seed.randn(WIDTH, WIDTH);
        return seed.randn(n, WIDTH)
                .times(Tensor.of(spread, 1, WIDTH))
                .matmul(turned)
                .plus(seed.randn(1, WIDTH));
    }

    private AutoregressiveTransformer network() {
        return Initialization.seeded(Seed.of(9), () -> new AutoregressiveTransformer(CONFIG));
    }

    private EncodedText text(int batch) {
        Tensor mask =
                Tensor.cat(1, Tensor.ones(batch, 3), Tensor.zeros(batch, 1)).to(DType.BOOL);
        return new EncodedText(seed.randn(batch, WIDTH), seed.randn(batch, 4, 8), mask);
    }

    private AutoregressivePrior prior() {
        Tensor images = embeddings(200);
        PrincipalComponents all = PrincipalComponents.fit(images, 0);
        Tensor basis = all.parameters().get("basis");
        assertThat(basis).isNotNull();
        PrincipalComponents five = new PrincipalComponents(5, WIDTH);
        InPlace.assign(five.parameters().get("basis"), basis.slice(0, 0, 5));
        InPlace.assign(five.parameters().get("mean"), all.parameters().get("mean"));
        EmbeddingCodes codes = new EmbeddingCodes(five, Buckets.fit(32, five.project(images)));
        DotProduct dots = DotProduct.fit(4, images, seed.randn(200, WIDTH));
        return new AutoregressivePrior(network(), codes, dots);
    }

    @Test
    void eigenvectorsAreThoseOfTheMatrix() {
        Tensor x = seed.randn(7, 7).to(DType.FLOAT64);
        Tensor symmetric = x.plus(x.transpose(0, 1));
        Eigen eigen = Eigen.of(symmetric);
        Tensor v = eigen.vectors();
        assertThat(v.matmul(symmetric).maxDifference(v.times(eigen.values().reshape(7, 1))))
                .isLessThan(1e-9);
        float[] values = eigen.values().to(DType.FLOAT32).toFloats();
        for (int i = 1; i < 7; i++) assertThat(values[i]).isLessThanOrEqualTo(values[i - 1]);
    }

    @Test
    void allComponentsLoseNothing() {
        Tensor z = embeddings(100);
        PrincipalComponents all = PrincipalComponents.fit(z, 0);
        assertThat(all.count()).isEqualTo(WIDTH);
        assertThat(all.reconstruct(all.project(z)).maxDifference(z)).isLessThan(1e-5);
    }

    @Test
    void asFewComponentsAsLoseLessThanTheirShareInOrderOfWhatTheyTell() {
        Tensor z = embeddings(500);
        PrincipalComponents all = PrincipalComponents.fit(z, 0);
        PrincipalComponents few = PrincipalComponents.fit(z, 0.01);
        assertThat(few.count()).isBetween(1, WIDTH - 1);
        assertThat(lost(z, few, few.count())).isLessThanOrEqualTo(0.01);
        assertThat(lost(z, few, few.count() - 1)).isGreaterThan(0.01);
        double before = Double.MAX_VALUE;
        for (int i = 0; i < WIDTH; i++) {
            double variance = all.project(z).select(1, i).square().mean().item();
            assertThat(variance).isLessThanOrEqualTo(before);
            before = variance;
        }
    }

    private static double lost(Tensor z, PrincipalComponents components, int first) {
        Tensor restored = components.reconstruct(components.project(z).slice(1, 0, first));
        Tensor mean = z.mean(0).reshape(1, -1);
        return z.minus(restored).square().sum().item()
                / z.minus(mean).square().sum().item();
    }

    @Test
    void aBucketIsNoFartherThanHalfItsWidthFromWhatFellIntoIt() {
        Tensor values = seed.randn(400, 3).times(Tensor.of(new float[] {1, 10, 0.01f}, 1, 3));
        Buckets buckets = Buckets.fit(1024, values);
        Tensor codes = buckets.quantise(values);
        assertThat(codes.min()).isZero();
        assertThat(codes.max()).isEqualTo(1023);
        Tensor error = buckets.dequantise(codes).minus(values).abs().over(buckets.width());
        assertThat(error.max()).isLessThanOrEqualTo(0.5 + 1e-3);
        assertThat(buckets.quantise(values.times(2)).max()).isEqualTo(1023);
        Tensor alike = Tensor.ones(4, 1);
        assertThat(Buckets.fit(8, alike)
                        .dequantise(Buckets.fit(8, alike).quantise(alike))
                        .maxDifference(alike))
                .isLessThan(1e-6);
    }

    @Test
    void theDotProductsTopHalfIsThatOfTheTrainingSet() {
        Tensor images = seed.randn(1000, WIDTH);
        Tensor texts = images.plus(seed.randn(1000, WIDTH).times(2));
        DotProduct dots = DotProduct.fit(8, images, texts);
        long[] buckets = dots.bucket(images.times(3), texts).toLongs();
        int[] counted = new int[8];
        for (long each : buckets) counted[(int) each]++;
        for (int each : counted) assertThat(each).isBetween(120, 130);
        float[] cosines =
                images.normalized(-1).times(texts.normalized(-1)).sum(-1).toFloats();
        for (int i = 1; i < 1000; i++) {
            if (buckets[i] < buckets[0]) assertThat(cosines[i]).isLessThanOrEqualTo(cosines[0]);
        }
        long[] drawn = dots.high(200, seed).toLongs();
        for (long each : drawn) assertThat(each).isBetween(4L, 7L);
        assertThat(drawn).contains(4, 5, 6, 7);
    }

    @Test
    void aLaterCodeNeverChangesAnEarlierOutput() {
        AutoregressiveTransformer network = network();
        EncodedText text = text(2);
        Tensor dots = Tensor.of(new long[] {1, 3}, 2);
        Tensor codes = seed.randint(0, 32, 2, 5);
        Tensor logits = network.forward(text, dots, codes);
        for (int i = 0; i < 5; i++) {
            Tensor rest = codes.slice(1, i, 5).times(-1).plus(31).to(DType.INT64);
            Tensor otherwise = network.forward(text, dots, Tensor.cat(1, codes.slice(1, 0, i), rest));
            assertThat(otherwise.slice(1, 0, i + 1).maxDifference(logits.slice(1, 0, i + 1)))
                    .isLessThan(1e-6);
            if (i < 4) {
                assertThat(otherwise.slice(1, i + 1, 5).maxDifference(logits.slice(1, i + 1, 5)))
                        .isGreaterThan(1e-4);
            }
        }
        // but each depends on the dot product, and padding is seen by none
        assertThat(network.forward(text, Tensor.of(new long[] {2, 3}, 2), codes)
                        .slice(0, 0, 1)
                        .maxDifference(logits.slice(0, 0, 1)))
                .isGreaterThan(1e-4);
        Tensor padding = text.mask().to(DType.FLOAT32).times(-1).plus(1).unsqueeze(2);
        EncodedText padded = new EncodedText(text.embedding(), text.states().plus(padding), text.mask());
        assertThat(network.forward(padded, dots, codes).maxDifference(logits)).isZero();
    }

    @Test
    void writtenCodeByCodeTheLogitsAreThoseOfTheWholeText() {
        AutoregressiveTransformer network = network();
        EncodedText text = text(2);
        Tensor dots = Tensor.of(new long[] {1, 3}, 2);
        Tensor codes = seed.randint(0, 32, 2, 5);
        Tensor whole = network.forward(text, dots, codes);
        try (AutoregressiveTransformer.Writing writing = network.write(text, dots)) {
            assertThat(writing.first().maxDifference(whole.select(1, 0))).isLessThan(1e-5);
            for (int i = 1; i < 5; i++) {
                assertThat(writing.after(codes.select(1, i - 1)).maxDifference(whole.select(1, i)))
                        .isLessThan(1e-5);
            }
        }
    }

    @Test
    void sampledWithACacheTheEmbeddingsAreThoseWithout() {
        AutoregressivePrior prior = prior().withCandidates(1);
        EncodedText text = text(2);
        EncodedText none = text(2);
        for (double guidance : new double[] {1, 3}) {
            Tensor found = prior.withGuidance(guidance).imageEmbeddings(text, none, Seed.of(7), Progress.NONE);
            assertThat(found.maxDifference(uncached(prior, guidance, text, none, Seed.of(7))))
                    .isZero();
        }
        assertThat(prior.imageEmbeddings(text, none, Seed.of(7), Progress.NONE)
                        .maxDifference(prior.imageEmbeddings(text, none, Seed.of(8), Progress.NONE)))
                .isGreaterThan(1e-3);
    }

    /** The same from whole texts, each computed anew. */
    private static Tensor uncached(
            AutoregressivePrior prior, double guidance, EncodedText text, EncodedText none, Seed seed) {
        Tensor dots = prior.dotProduct().high(2, seed);
        List<Tensor> codes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            List<Tensor> known = new ArrayList<>(codes);
            while (known.size() < 5) known.add(Tensor.of(new long[2], 2));
            Tensor all = Tensor.stack(1, known);
            Tensor with = prior.network().forward(text, dots, all).select(1, i).logSoftmax(-1);
            Tensor without =
                    prior.network().forward(none, dots, all).select(1, i).logSoftmax(-1);
            codes.add(prior.nucleus().draw(without.plus(with.minus(without).times(guidance)), seed));
        }
        return prior.codes().decode(Tensor.stack(1, codes));
    }

    @Test
    void theNucleusIsTheFewestThatHaveTheShare() {
        Tensor logits = Tensor.of(new float[] {0.5f, 0.1f, 0.25f, 0.15f}, 1, 4).log();
        expectShares(new Nucleus(1, 0.7), logits, 0.667, 0, 0.333, 0);
        expectShares(new Nucleus(1, 0.5), logits, 1, 0, 0, 0);
        expectShares(new Nucleus(0, 1), logits, 1, 0, 0, 0);
        expectShares(new Nucleus(1, 1), logits, 0.5, 0.1, 0.25, 0.15);
        // at half the temperature probabilities are squared
        expectShares(new Nucleus(0.5, 1), logits, 0.725, 0.029, 0.181, 0.065);
    }

    private void expectShares(Nucleus nucleus, Tensor logits, double... shares) {
        int draws = 4000;
        double[] drawn = new double[shares.length];
        for (long each : nucleus.draw(logits.repeat(draws, 1), seed).toLongs()) drawn[(int) each] += 1.0 / draws;
        for (int i = 0; i < shares.length; i++) {
            // where nothing may be drawn, nothing is
            assertThat(drawn[i]).isCloseTo(shares[i], offset(shares[i] == 0 ? 1e-9 : 0.04));
        }
    }

    @Test
    void savedItIsTheSamePriorAgain() throws IOException {
        AutoregressivePrior prior = prior();
        prior.save(temporary);
        Files.writeString(
                temporary.resolve("model_index.json"),
                "{\"_class_name\": \"UnCLIPPipeline\", \"prior\": [\"zeuxis\", \"AutoregressivePrior\"]}");
        Prior again = Prior.load(ModelFolder.open(temporary));
        EncodedText text = text(2);
        assertThat(again.imageEmbeddings(text, text, Seed.of(7), Progress.NONE)
                        .maxDifference(prior.imageEmbeddings(text, text, Seed.of(7), Progress.NONE)))
                .isZero();
        Path config = temporary.resolve("prior").resolve("config.json");
        FolderCopy.set(config, "num_buckets", "33");
        assertThatThrownBy(() -> Prior.load(ModelFolder.open(temporary))).hasMessageContaining("code_embedding.weight");
        FolderCopy.set(config, "beams", "4");
        assertThatThrownBy(() -> Prior.load(ModelFolder.open(temporary))).hasMessageContaining("beams");
        assertThatThrownBy(() -> new TextEmbeddingPrior(WIDTH, 1).save(temporary))
                .hasMessage("expected a prior with weights to save, got none");
    }

    @Test
    void withoutAPriorTheTextEmbeddingHasTheLengthOfPictures() {
        EncodedText text = text(2);
        Tensor found = new TextEmbeddingPrior(WIDTH, 2.5).imageEmbeddings(text, text, seed, Progress.NONE);
        assertThat(found.maxDifference(text.embedding().normalized(-1).times(2.5)))
                .isLessThan(1e-6);
        Prior none = new TextEmbeddingPrior(WIDTH, 2.5);
        assertThat(none.withGuidance(1).withCandidates(1)).isSameAs(none);
        assertThatThrownBy(() -> none.withGuidance(4)).hasMessage("expected no guidance without a prior, got 4.0");
        assertThatThrownBy(() -> none.withCandidates(2)).hasMessage("expected 1 candidate without a prior, got 2");
    }

    @Test
    void whatCannotBeIsRefusedInOneLine() {
        assertThatThrownBy(() -> new Nucleus(-1, 1)).hasMessage("expected a temperature of at least 0, got -1.0");
        assertThatThrownBy(() -> new Nucleus(1, 0)).hasMessage("expected a top_p above 0 and at most 1, got 0.0");
        assertThatThrownBy(() -> Buckets.fit(1, seed.randn(3, 2))).hasMessage("expected at least 2 buckets, got 1");
        assertThatThrownBy(() -> DotProduct.fit(3, seed.randn(3, 2), seed.randn(3, 2)))
                .hasMessage("expected an even number of buckets of the dot product, got 3");
        assertThatThrownBy(() -> PrincipalComponents.fit(seed.randn(1, 2), 0.01))
                .hasMessage("expected at least 2 embeddings, got 1");
        assertThatThrownBy(() -> PrincipalComponents.fit(seed.randn(3, 2), 1))
                .hasMessage("expected to lose a share of 0 up to 1, got 1.0");
        assertThatThrownBy(() -> PrincipalComponents.fit(seed.randn(3, 2), 0).reconstruct(seed.randn(1, 3)))
                .hasMessage("expected at most 2 components, got [1, 3]");
        assertThatThrownBy(() -> prior().withCandidates(0)).hasMessage("expected at least 1 candidate, got 0");
        assertThatThrownBy(() -> prior().withGuidance(-1))
                .hasMessage("expected a guidance scale of at least 0, such as 2, got -1.0");
        Tensor mask = Tensor.ones(1, 10).to(DType.BOOL);
        EncodedText tooLong = new EncodedText(seed.randn(1, WIDTH), seed.randn(1, 10, 8), mask);
        assertThatThrownBy(() -> network().write(tooLong, Tensor.of(new long[1], 1)))
                .hasMessage("expected captions of at most 9 tokens, got 10; cut them first");
        assertThatThrownBy(() -> new AutoregressiveTransformer.Config(12, 0, 9, 5, 32, 4, 2, 6, 2))
                .hasMessage("expected widths, tokens, heads and layers of at least 1, got 12, 0, 9, 2 of 6, 2");
        assertThatThrownBy(() -> new AutoregressiveTransformer.Config(12, 8, 9, 13, 32, 4, 2, 6, 2))
                .hasMessage("expected 1 to 12 components of an embedding, got 13");
        assertThatThrownBy(() -> new AutoregressiveTransformer.Config(12, 8, 9, 5, 32, 1, 2, 6, 2))
                .hasMessage("expected at least 2 buckets of codes and of the dot product, got 32, 1");
    }
}

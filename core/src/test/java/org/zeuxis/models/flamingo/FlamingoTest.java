package org.zeuxis.models.flamingo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.models.flamingo.Flamingo.Assembly;
import org.zeuxis.models.flamingo.eyes.Eyes;
import org.zeuxis.models.flamingo.eyes.Features;
import org.zeuxis.models.lm.Decoder;
import org.zeuxis.models.lm.Family;
import org.zeuxis.models.lm.LanguageModelFolder;
import org.zeuxis.models.lm.Reading;
import org.zeuxis.models.nfnet.NfNet;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** What its paper says of a Flamingo, on a tiny language model of transformers and random eyes. */
class FlamingoTest {
    private static final int MARK = 60;
    /** Two words, a picture, two words, another, two words. */
    private static final long[] TEXT = {5, 9, MARK, 7, 21, MARK, 33, 4};

    @ParameterizedTest
    @EnumSource
    void atItsBeginningTheLanguageModelIsWhatItWas(Placement placement) throws IOException {
        try (Decoder alone = language();
                Flamingo model = flamingo(placement, 1);
                Gradients off = Gradients.off()) {
            Tensor ids = Tensor.of(TEXT, 1, TEXT.length);
            Tensor seen = model.see(pixels()).unsqueeze(0);
            assertThat(model.forward(ids, seen).toFloats())
                    .containsExactly(alone.forward(ids).toFloats());
            open(model);
            assertThat(model.forward(ids, seen).maxDifference(alone.forward(ids)))
                    .isPositive();
        }
    }

    @Test
    void wordsKnowOnlyThePicturesBeforeThem() throws IOException {
        try (Flamingo model = open(flamingo(Placement.FROM_FIRST, 1));
                Gradients off = Gradients.off()) {
            Tensor ids = Tensor.of(TEXT, 1, TEXT.length);
            Tensor seen = model.see(pixels()).unsqueeze(0);
            Tensor scores = model.forward(ids, seen);
            Tensor first = Tensor.cat(1, seen.slice(1, 0, 1).plus(1), seen.slice(1, 1, 2));
            Tensor second =
                    Tensor.cat(1, seen.slice(1, 0, 1), seen.slice(1, 1, 2).plus(1));
            assertThat(changed(scores, model.forward(ids, first))).containsExactly(2, 3, 4, 5, 6, 7);
            assertThat(changed(scores, model.forward(ids, second))).containsExactly(5, 6, 7);
        }
    }

    @Test
    void withoutPicturesTheLanguageModelIsToBeAsked() throws IOException {
        try (Flamingo model = flamingo(Placement.FROM_FIRST, 1)) {
            Tensor ids = Tensor.of(TEXT, 1, TEXT.length);
            assertThatThrownBy(() -> model.forward(ids, Tensor.zeros(1, 0, 3, 12)))
                    .hasMessage("expected at least 1 picture or video, got none; ask the language model alone");
        }
    }

    private static List<Integer> changed(Tensor a, Tensor b) {
        float[] differences = a.minus(b).abs().max(-1).toFloats();
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < differences.length; i++) if (differences[i] != 0) all.add(i);
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void oneTokenAtATimeIsTheSame(Placement placement) throws IOException {
        try (Flamingo model = open(flamingo(placement, 2));
                Gradients off = Gradients.off()) {
            Tensor seen = model.see(pixels());
            Tensor whole = model.forward(Tensor.of(TEXT, 1, TEXT.length), seen.unsqueeze(0));
            try (Reading reading = model.reading(seen, 20);
                    Reading parts = model.reading(seen, 20)) {
                for (int i = 0; i < TEXT.length; i++) {
                    Tensor next = reading.next(Tensor.of(new long[] {TEXT[i]}, 1, 1));
                    assertThat(next.maxDifference(whole.select(1, i)))
                            .as("token " + i)
                            .isLessThan(1e-5);
                }
                parts.next(Tensor.of(TEXT, 1, TEXT.length).slice(1, 0, 4));
                Tensor last = parts.next(Tensor.of(TEXT, 1, TEXT.length).slice(1, 4, 8));
                assertThat(last.maxDifference(whole.select(1, 7))).isLessThan(1e-5);
                // and on abreast: a mark that is written shows nothing new
                parts.branch(new long[] {0, 0});
                Tensor next = parts.next(Tensor.of(new long[] {MARK, 8}, 2, 1));
                long[] longer = {5, 9, MARK, 7, 21, MARK, 33, 4, MARK, 5, 9, MARK, 7, 21, MARK, 33, 4, 8};
                Tensor twice = seen.unsqueeze(0).expand(2, -1, -1, -1);
                Tensor both = model.forward(Tensor.of(longer, 2, 9), twice);
                assertThat(next.maxDifference(both.select(1, 8))).isLessThan(1e-5);
            }
        }
    }

    @Test
    void layersStandWhereThePaperAndOpenFlamingoPutThem() throws IOException {
        try (Flamingo paper = flamingo(Placement.FROM_FIRST, 2);
                Flamingo open = flamingo(Placement.LAST_OF_EACH, 2)) {
            assertThat(gates(paper)).containsExactly("lang_encoder.gated_cross_attn_layers.0.attn_gate");
            assertThat(gates(open)).containsExactly("lang_encoder.gated_cross_attn_layers.1.attn_gate");
        }
        assertThatThrownBy(() -> flamingo(Placement.FROM_FIRST, 0))
                .hasMessage("expected a gated layer every 1 or more blocks, got 0");
    }

    private static List<String> gates(Flamingo model) {
        return model.parameters().keySet().stream()
                .filter(key -> key.endsWith("attn_gate"))
                .toList();
    }

    private static Decoder language() throws IOException {
        return LanguageModelFolder.load(Path.of("src/test/resources/golden/tiny-llama"), DType.FLOAT32);
    }

    private static Flamingo flamingo(Placement placement, int every) throws IOException {
        Decoder language = language();
        Family family = language.family();
        GatedCrossAttention.Config gated = new GatedCrossAttention.Config(family.width(), 12, 2, 5, Activation.GELU);
        Assembly assembly = new Assembly(placement, every, () -> new GatedCrossAttention(gated), MARK);
        return Initialization.seeded(
                Seed.of(3),
                () -> new Flamingo(
                        assembly,
                        Eyes.of(
                                new ClipVisionModel(new ClipVisionModel.Config(8, 4, 12, 1, 2, 16, Activation.GELU)),
                                Features.PATCHES),
                        new PerceiverResampler(new PerceiverResampler.Config(12, 1, 2, 5, 3, 0, 0, Activation.GELU)),
                        language));
    }

    private static Flamingo open(Flamingo model) {
        model.parameters().forEach((key, p) -> {
            if (key.endsWith("_gate")) InPlace.become(p, Tensor.full(0.8, 1));
        });
        return model;
    }

    /** The paper's own: the feature map of an NFNet, whose places are many or few. */
    @Test
    void anNfNetMayBeItsEyes() throws IOException {
        Decoder language = language();
        GatedCrossAttention.Config gated =
                new GatedCrossAttention.Config(language.family().width(), 16, 2, 5, Activation.GELU);
        Flamingo model = open(Initialization.seeded(
                Seed.of(5),
                () -> new Flamingo(
                        new Assembly(Placement.FROM_FIRST, 1, () -> new GatedCrossAttention(gated), MARK),
                        Eyes.of(new NfNet(new NfNet.Config(List.of(1, 1, 1, 1), List.of(8, 8, 8, 8), 8, 4, 16, 0))),
                        new PerceiverResampler(new PerceiverResampler.Config(16, 1, 2, 5, 3, 0, 0, Activation.GELU)),
                        language)));
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor small = model.see(Seed.of(6).randn(2, 1, 3, 32, 32));
            Tensor large = model.see(Seed.of(6).randn(2, 1, 3, 64, 96));
            assertThat(small.shape()).containsExactly(2, 3, 16);
            assertThat(large.shape()).containsExactly(2, 3, 16);
            Tensor ids = Tensor.of(new long[] {MARK, 5, 6}, 1, 3);
            Tensor one = model.forward(ids, small.slice(0, 0, 1).unsqueeze(0));
            Tensor other = model.forward(ids, small.slice(0, 1, 2).unsqueeze(0));
            assertThat(one.maxDifference(other)).isGreaterThan(1e-4);
        }
    }

    /** Of two pictures. */
    private static Tensor pixels() {
        return Seed.of(4).randn(2, 1, 3, 8, 8);
    }
}

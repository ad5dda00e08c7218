package org.zeuxis.models.flamingo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.zeuxis.Golden;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** The resampler and the gated layer against OpenFlamingo, and what their paper says of them. */
class FlamingoPartsTest {
    private static final GatedCrossAttention.Config GATED =
            new GatedCrossAttention.Config(10, 12, 2, 5, Activation.GELU);

    private static PerceiverResampler.Config resampler(int frames) {
        return resampler(frames, 0);
    }

    private static PerceiverResampler.Config resampler(int frames, int places) {
        return new PerceiverResampler.Config(12, 2, 2, 5, 3, frames, places, Activation.GELU);
    }

    @Test
    void latentsAreThoseOfOpenFlamingo() {
        try (Golden picture = Golden.open("flamingo-resampler-picture.safetensors");
                Golden video = Golden.open("flamingo-resampler-video.safetensors");
                Gradients off = Gradients.off()) {
            PerceiverResampler still = picture.load(new PerceiverResampler(resampler(0)));
            picture.check("out.latents", still.forward(picture.tensor("in.features")), 1e-5);
            PerceiverResampler moving = video.load(new PerceiverResampler(resampler(4)));
            video.check("out.latents", moving.forward(video.tensor("in.features")), 1e-5);
        }
    }

    @Test
    void anyNumberOfPatchesAndFramesGivesAsManyLatents() {
        try (Golden video = Golden.open("flamingo-resampler-video.safetensors");
                Gradients off = Gradients.off()) {
            PerceiverResampler moving = video.load(new PerceiverResampler(resampler(4)));
            Tensor few = Seed.of(1).randn(1, 2, 5, 12);
            assertThat(moving.forward(few).shape()).containsExactly(1, 3, 12);
        }
    }

    @Test
    void framesBeyondThoseItKnowsLieBetweenThem() {
        try (Golden video = Golden.open("flamingo-resampler-video.safetensors");
                Gradients off = Gradients.off()) {
            PerceiverResampler moving = video.load(new PerceiverResampler(resampler(4)));
            Tensor seven = Seed.of(2).randn(1, 7, 5, 12);
            Tensor times = between(moving.parameters().get("frame_embs"));
            // told the times by hand, a resampler that knows none gives the same
            PerceiverResampler still = new PerceiverResampler(resampler(0));
            still.parameters()
                    .forEach((key, p) ->
                            InPlace.become(p, moving.parameters().get(key).copy()));
            Tensor told = seven.plus(times.unsqueeze(1).unsqueeze(0)).reshape(1, 1, 35, 12);
            assertThat(still.forward(told).maxDifference(moving.forward(seven))).isLessThan(1e-5);
        }
    }

    /** Without them the same features give the same latents in whatever order they lie. */
    @Test
    void placesAreToldApartByRowAndColumn() {
        try (Gradients off = Gradients.off()) {
            PerceiverResampler blind = Initialization.seeded(Seed.of(4), () -> new PerceiverResampler(resampler(2)));
            PerceiverResampler placed =
                    Initialization.seeded(Seed.of(4), () -> new PerceiverResampler(resampler(2, 2)));
            Tensor seen = Seed.of(5).randn(1, 2, 4, 12);
            Tensor mirrored = seen.pick(2, Tensor.of(new long[] {1, 0, 3, 2}, 4));
            Tensor turned = seen.pick(2, Tensor.of(new long[] {2, 3, 0, 1}, 4));
            assertThat(blind.forward(seen).maxDifference(blind.forward(mirrored)))
                    .isLessThan(1e-5);
            assertThat(placed.forward(seen).maxDifference(placed.forward(mirrored)))
                    .isGreaterThan(1e-3);
            assertThat(placed.forward(seen).maxDifference(placed.forward(turned)))
                    .isGreaterThan(1e-3);
            // told the places by hand, one that knows none gives the same
            placed.parameters().forEach((key, p) -> {
                Tensor same = blind.parameters().get(key);
                if (same != null) InPlace.become(same, p.copy());
            });
            Tensor rows = placed.parameters().get("row_embs").pick(0, Tensor.of(new long[] {0, 0, 1, 1}, 4));
            Tensor columns = placed.parameters().get("column_embs").pick(0, Tensor.of(new long[] {0, 1, 0, 1}, 4));
            assertThat(blind.forward(seen.plus(rows).plus(columns)).maxDifference(placed.forward(seen)))
                    .isLessThan(1e-5);
        }
    }

    /** Those of a picture at half its size lie between the others, two by two. */
    @Test
    void anOverviewHasPlacesToo() {
        try (Gradients off = Gradients.off()) {
            PerceiverResampler blind = Initialization.seeded(Seed.of(4), () -> new PerceiverResampler(resampler(2)));
            PerceiverResampler placed =
                    Initialization.seeded(Seed.of(4), () -> new PerceiverResampler(resampler(2, 2)));
            placed.parameters().forEach((key, p) -> {
                Tensor same = blind.parameters().get(key);
                if (same != null) InPlace.become(same, p.copy());
            });
            Tensor rows = placed.parameters().get("row_embs");
            Tensor columns = placed.parameters().get("column_embs");
            Tensor middle = rows.mean(0).plus(columns.mean(0));
            Tensor places = Tensor.cat(
                    0,
                    rows.pick(0, Tensor.of(new long[] {0, 0, 1, 1}, 4))
                            .plus(columns.pick(0, Tensor.of(new long[] {0, 1, 0, 1}, 4))),
                    middle);
            Tensor seen = Seed.of(5).randn(1, 2, 5, 12);
            assertThat(blind.forward(seen.plus(places)).maxDifference(placed.forward(seen)))
                    .isLessThan(1e-5);
        }
    }

    @Test
    void otherPlacesThanItTellsApartAreRefused() {
        PerceiverResampler placed = new PerceiverResampler(resampler(2, 2));
        assertThatThrownBy(() -> placed.forward(Tensor.zeros(1, 2, 9, 12)))
                .hasMessageContaining(
                        "expected features of 2 rows and columns, which this resampler tells apart, got 9 places");
    }

    /** Frames 0, ½, 1 … 3 of four. */
    private static Tensor between(Tensor frames) {
        Tensor first = frames.slice(0, 0, 3);
        Tensor middle = first.plus(frames.slice(0, 1, 4)).over(2);
        Tensor pairs = Tensor.cat(1, first.unsqueeze(1), middle.unsqueeze(1)).reshape(6, 12);
        return Tensor.cat(0, pairs, frames.slice(0, 3, 4));
    }

    @Test
    void aResamplerOfPicturesRefusesAVideo() {
        PerceiverResampler still = new PerceiverResampler(resampler(0));
        assertThatThrownBy(() -> still.forward(Tensor.zeros(1, 2, 5, 12)))
                .hasMessageContaining("expected a single frame, as this resampler was made for pictures, got 2");
        assertThatThrownBy(() -> new PerceiverResampler.Config(12, 2, 2, 5, 0, 0, 0, Activation.GELU))
                .hasMessageContaining("expected at least 1 latent");
    }

    @Test
    void tokensLookAtTheLastPictureAsInOpenFlamingo() {
        try (Golden golden = Golden.open("flamingo-gated.safetensors");
                Gradients off = Gradients.off()) {
            GatedCrossAttention gated = golden.load(new GatedCrossAttention(GATED));
            Tensor x = golden.tensor("in.x");
            Tensor media = golden.tensor("in.media");
            Tensor shown = golden.tensor("in.shown");
            Tensor out = gated.forward(x, media, shown);
            golden.check("out.x", out, 1e-5);
            // another first picture changes the tokens that look at it, and none that look at others or at none
            Tensor other = Tensor.cat(1, media.slice(1, 0, 1).plus(1), media.slice(1, 1, 3));
            Tensor moved = gated.forward(x, other, shown).minus(out).abs().max(-1);
            float[] changes = moved.toFloats();
            long[] seen = shown.toLongs();
            for (int i = 0; i < changes.length; i++) {
                if (seen[i] == 1) assertThat(changes[i]).isPositive();
                else assertThat(changes[i]).isZero();
            }
        }
    }

    @Test
    void atItsBeginningTheLanguageModelIsWhatItWas() {
        try (Gradients off = Gradients.off()) {
            GatedCrossAttention fresh = new GatedCrossAttention(GATED);
            Tensor x = Seed.of(1).randn(2, 9, 10);
            Tensor media = Seed.of(2).randn(2, 3, 4, 12);
            Tensor shown = Tensor.of(new long[] {0, 0, 1, 2, 2, 3, 3, 3, 3, 1, 1, 1, 1, 2, 2, 2, 2, 2}, 2, 9);
            assertThat(fresh.forward(x, media, shown).maxDifference(x)).isZero();
        }
    }
}

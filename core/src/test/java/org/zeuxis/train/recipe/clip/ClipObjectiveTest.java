package org.zeuxis.train.recipe.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.data.series.Batches;
import org.zeuxis.data.series.Example;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.Clip;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.models.clip.ImageTower;
import org.zeuxis.models.clip.ModifiedResNet;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.BytePairEncoding;
import org.zeuxis.text.ClipTokenizer;
import org.zeuxis.train.Objective;
import org.zeuxis.train.Observer;
import org.zeuxis.train.Recomputed;
import org.zeuxis.train.Report;
import org.zeuxis.train.RunFolder;
import org.zeuxis.train.Trainer;
import org.zeuxis.train.optimizer.AdamW;
import org.zeuxis.train.optimizer.FlatParameters;
import org.zeuxis.train.optimizer.GlobalNorm;
import org.zeuxis.train.optimizer.LearningRate;

/** CLIP's objective in chunks: the step of the whole batch, and resumed to the bit. */
class ClipObjectiveTest {
    private static final List<String> WORDS = List.of("red apple", "cat", "blue car on a road", "two green trees");
    private static final int BATCH = 7;
    private static final Trainer.Plan PLAN = new Trainer.Plan(
            6,
            2,
            LearningRate.constant(1e-3, 2),
            new AdamW.Config(0.9, 0.98, 1e-6, 0.1),
            new GlobalNorm(1),
            0.9,
            3,
            Duration.ofDays(1),
            5);

    @TempDir
    Path folder;

    private static Example example(long position, int size) {
        byte[] samples = new byte[size * size * 3];
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) (Seed.mix(position, i / 24) >>> 20);
        return new Example("made-up-" + position, new Image(size, size, 3, samples), WORDS.get((int) (position % 4)));
    }

    private static ClipObjective objective(int chunk) {
        return objective(chunk, PatchMask.NONE);
    }

    private static ClipObjective objective(int chunk, PatchMask mask) {
        return objective(chunk, mask, new ClipVisionModel.Config(16, 8, 16, 2, 2, 32, Activation.QUICK_GELU));
    }

    private static ClipObjective objective(int chunk, PatchMask mask, ImageTower.Config vision) {
        ClipTokenizer tokenizer = new ClipTokenizer(BytePairEncoding.train(WORDS, 560), 8, BytePairEncoding.END);
        Clip clip = Initialization.seeded(
                Seed.of(9),
                () -> new Clip(new Clip.Config(
                        new ClipTextModel.Config(
                                tokenizer.vocabularySize(), 8, 16, 2, 2, 32, Activation.QUICK_GELU, tokenizer.endId()),
                        vision,
                        8)));
        int size = vision.imageSize();
        return new ClipObjective(
                clip, clip.parameters(), tokenizer, new Batches(at -> example(at, size), BATCH), chunk, mask);
    }

    private record Gradient(double loss, Tensor all) {
        static Gradient of(int chunk, double share) {
            return of(objective(chunk), share);
        }

        static Gradient of(Objective asked, double share) {
            try (Objective objective = asked;
                    Scope scope = new Scope()) {
                FlatParameters parameters = new FlatParameters(objective.parameters());
                double loss = objective.backward(3, Seed.of(1), share);
                return new Gradient(loss, parameters.gradients());
            }
        }

        double cosine(Gradient other) {
            try (Gradients off = Gradients.off()) {
                return all.normalized(0).times(other.all.normalized(0)).sum().item();
            }
        }

        double norm() {
            try (Gradients off = Gradients.off()) {
                return all.length(0).item();
            }
        }
    }

    @Test
    void a_chunked_batch_has_the_loss_and_the_gradient_of_the_whole_but_for_bfloat16() {
        Gradient whole = Gradient.of(BATCH, 1);
        Gradient chunked = Gradient.of(3, 1);
        assertThat(chunked.loss()).isCloseTo(whole.loss(), within(0.02));
        assertThat(chunked.cosine(whole)).isGreaterThan(0.999);
        assertThat(chunked.norm() / whole.norm()).isBetween(0.98, 1.02);
    }

    @Test
    void a_chunked_batch_hides_the_same_patches_in_each_of_its_passes() {
        ClipVisionModel.Config fine = new ClipVisionModel.Config(16, 4, 16, 2, 2, 32, Activation.QUICK_GELU);
        Gradient whole = Gradient.of(objective(BATCH, new PatchMask(0.5), fine), 1);
        Gradient chunked = Gradient.of(objective(3, new PatchMask(0.5), fine), 1);
        Gradient unmasked = Gradient.of(objective(BATCH, PatchMask.NONE, fine), 1);
        assertThat(chunked.loss()).isCloseTo(whole.loss(), within(0.02));
        assertThat(chunked.cosine(whole)).isGreaterThan(0.999);
        assertThat(unmasked.cosine(whole)).isLessThan(0.995);
    }

    @Test
    void a_mask_leaves_its_share_of_different_patches_by_chance() {
        PatchMask mask = new PatchMask(0.75);
        Tensor kept = mask.kept(40, 16, Seed.of(5));
        assertThat(kept.shape()).containsExactly(40, 4);
        Set<List<Long>> looks = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            List<Long> row =
                    Arrays.stream(kept.select(0, i).toLongs()).sorted().boxed().toList();
            assertThat(row).doesNotHaveDuplicates().allMatch(patch -> patch >= 0 && patch < 16);
            looks.add(row);
        }
        assertThat(looks).hasSizeGreaterThan(30);
        assertThat(mask.kept(40, 16, Seed.of(5)).toLongs()).isEqualTo(kept.toLongs());
        assertThat(new PatchMask(0.99).kept(1, 16, Seed.of(5)).size(1)).isEqualTo(1);
        for (double share : new double[] {-0.1, 1, Double.NaN}) {
            assertThatThrownBy(() -> new PatchMask(share)).hasMessageContaining("expected a patch_mask of 0 up to 1");
        }
    }

    @Test
    void layers_computed_again_give_the_gradient_of_those_that_were_kept_but_for_bfloat16() {
        for (int chunk : new int[] {3, BATCH}) {
            Gradient kept = Gradient.of(chunk, 1);
            Gradient again = Gradient.of(new Recomputed(objective(chunk)), 1);
            assertThat(again.loss()).isCloseTo(kept.loss(), within(0.02));
            assertThat(again.cosine(kept)).isGreaterThan(0.999);
            assertThat(again.norm() / kept.norm()).isBetween(0.98, 1.02);
        }
    }

    @Test
    void a_share_of_a_batch_is_that_share_of_loss_and_gradient() {
        for (int chunk : new int[] {3, BATCH}) {
            Gradient whole = Gradient.of(chunk, 1);
            Gradient half = Gradient.of(chunk, 0.5);
            assertThat(half.loss()).isEqualTo(whole.loss() / 2);
            assertThat(half.norm() / whole.norm()).isBetween(0.499, 0.501);
        }
    }

    @Test
    void a_chunked_run_that_stopped_goes_on_to_the_bit() throws IOException {
        goesOnToTheBit(() -> objective(3));
    }

    @Test
    void a_run_with_batch_norms_that_stopped_goes_on_to_the_bit() throws IOException {
        ModifiedResNet.Config vision = new ModifiedResNet.Config(32, List.of(1, 1, 1, 1), 4, 4);
        goesOnToTheBit(() -> objective(BATCH, PatchMask.NONE, vision));
    }

    private void goesOnToTheBit(Supplier<ClipObjective> make) throws IOException {
        List<Double> whole = train("whole", 6, make);
        List<Double> parts = new ArrayList<>(train("parts", 3, make));
        parts.addAll(train("parts", 6, make));
        assertThat(whole).hasSize(6);
        assertThat(parts).isEqualTo(whole);
        String last = "state-000000006.safetensors";
        assertThat(Files.mismatch(
                        folder.resolve("whole").resolve(last),
                        folder.resolve("parts").resolve(last)))
                .isEqualTo(-1);
    }

    /** Goes on in the folder up to a step, and gives the losses on the way. */
    private List<Double> train(String run, int until, Supplier<ClipObjective> make) throws IOException {
        List<Double> losses = new ArrayList<>();
        long[] step = new long[1];
        try (ClipObjective objective = make.get()) {
            new Trainer(objective, PLAN, new RunFolder(folder.resolve(run), 3), "clip").resume(new Observer() {
                @Override
                public void stepped(Report report) {
                    losses.add(report.loss());
                    step[0] = report.step();
                }

                @Override
                public boolean wantsToStop() {
                    return step[0] == until;
                }
            });
        }
        return losses;
    }
}

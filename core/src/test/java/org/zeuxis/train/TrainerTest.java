package org.zeuxis.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.optimizer.Adafactor;
import org.zeuxis.train.optimizer.GlobalNorm;
import org.zeuxis.train.optimizer.LearningRate;

/** The training loop: what it refuses, how it gets past a spike, what it leaves behind. */
@Timeout(120)
final class TrainerTest {
    private static final long DETOUR = 1L << 40;

    @TempDir
    Path folder;

    /** Keeps what it is told. */
    private static final class Story implements Observer {
        final List<Long> taken = new ArrayList<>();
        final List<Double> losses = new ArrayList<>();
        final List<Long> brokenSteps = new ArrayList<>();
        final List<Long> wentOnFrom = new ArrayList<>();
        final List<Long> saved = new ArrayList<>();
        final List<String> told = new ArrayList<>();

        @Override
        public void saved(long step) {
            saved.add(step);
        }

        @Override
        public void told(String sentence) {
            told.add(sentence);
        }

        @Override
        public void stepped(Report report) {
            taken.add(report.step());
            losses.add(report.loss());
        }

        @Override
        public void rolledBack(Report broken, long step) {
            brokenSteps.add(broken.step());
        }

        @Override
        public void goesOnFrom(long step) {
            wentOnFrom.add(step);
        }
    }

    private RunFolder run() {
        return new RunFolder(folder.resolve("run"), 3);
    }

    @Test
    void aSpikeIsLeftOutAndTrainingGoesOnFromTheLastCheckpointWithOtherData() throws IOException {
        Story story = new Story();
        new Trainer(new Toy(step -> step == 205 ? 100 : 1), Toy.plan(220, 50), run(), "toy").run(story);
        assertThat(story.brokenSteps).containsExactly(206L);
        assertThat(story.wentOnFrom).containsExactly(0L, 200L);
        assertThat(story.taken).hasSize(205 + 20).endsWith(218L, 219L, 220L);
        assertThat(story.losses).allMatch(loss -> loss < 5);
        assertThat(story.losses.get(200)).as("other data").isNotEqualTo(story.losses.get(205));
        assertThat(run().find().newest().orElseThrow().wholeNumber("detours")).isEqualTo(1);
    }

    @Test
    void aLossThatIsNoNumberBeforeTheFirstCheckpointStartsAgainWithOtherData() throws IOException {
        Story story = new Story();
        Toy toy = new Toy(step -> step == 3 ? Double.NaN : 1);
        new Trainer(toy, Toy.plan(10, 50), run(), "toy").run(story);
        assertThat(story.wentOnFrom).containsExactly(0L, 0L);
        assertThat(story.taken).hasSize(3 + 10);
        assertThat(toy.x.allFinite()).isTrue();
    }

    @Test
    void trainingThatNeverGetsPastASpikeIsGivenUp() {
        Trainer trainer =
                new Trainer(new Toy(step -> step % DETOUR == 3 ? Double.NaN : 1), Toy.plan(10, 50), run(), "toy");
        assertThatThrownBy(() -> trainer.run(new Story()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("8 rollbacks")
                .hasMessageContaining("lower the learning rate");
    }

    @Test
    void aResumedRunRemembersLossesAndDetoursOfTheGuard() throws IOException {
        Toy spiky = new Toy(step -> step == 205 ? 100 : 1);
        Story whole = new Story();
        new Trainer(spiky, Toy.plan(220, 50), new RunFolder(folder.resolve("whole"), 3), "toy").run(whole);

        Observer stops = new Observer() {
            @Override
            public void stepped(Report report) throws IOException {
                if (report.step() == 203) throw new IOException("pulled the plug");
            }
        };
        Trainer first = new Trainer(new Toy(step -> step == 205 ? 100 : 1), Toy.plan(220, 50), run(), "toy");
        assertThatThrownBy(() -> first.run(stops)).hasMessage("pulled the plug");
        Story rest = new Story();
        new Trainer(new Toy(step -> step == 205 ? 100 : 1), Toy.plan(220, 50), run(), "toy").resume(rest);

        assertThat(rest.wentOnFrom).containsExactly(200L, 200L);
        assertThat(rest.losses).isEqualTo(whole.losses.subList(200, whole.losses.size()));
    }

    @Test
    void aRunThatIsAskedToStopSavesAndGoesOnAsIfItHadNot() throws IOException {
        Story whole = new Story();
        new Trainer(new Toy(step -> 1), Toy.plan(20, 50), new RunFolder(folder.resolve("whole"), 3), "toy").run(whole);
        List<Long> taken = new ArrayList<>();
        new Trainer(new Toy(step -> 1), Toy.plan(20, 50), run(), "toy").run(new Observer() {
            @Override
            public void stepped(Report report) {
                taken.add(report.step());
            }

            @Override
            public boolean wantsToStop() {
                return taken.size() == 7;
            }
        });
        assertThat(taken).hasSize(7);
        assertThat(run().find().newest().orElseThrow().step()).isEqualTo(7);
        Story rest = new Story();
        new Trainer(new Toy(step -> 1), Toy.plan(20, 50), run(), "toy").resume(rest);
        assertThat(rest.losses).isEqualTo(whole.losses.subList(7, 20));
    }

    @Test
    void checkpointsByTimeChangeNothing() throws IOException {
        Story whole = new Story();
        Toy spiky = new Toy(step -> step == 205 ? 100 : 1);
        new Trainer(spiky, Toy.plan(220, 50), new RunFolder(folder.resolve("whole"), 2), "toy").run(whole);
        Story timed = new Story();
        Trainer.Plan plan = Toy.plan(220, 50, Duration.ofNanos(1));
        RunFolder run = new RunFolder(folder.resolve("run"), 2);
        new Trainer(new Toy(step -> step == 205 ? 100 : 1), plan, run, "toy").run(timed);
        assertThat(timed.wentOnFrom).as("back to a regular checkpoint").containsExactly(0L, 200L);
        assertThat(timed.losses).isEqualTo(whole.losses);
        assertThat(run.states())
                .extracting(file -> file.getFileName().toString())
                .containsExactly(
                        "state-000000220.safetensors", "state-000000200.safetensors", "state-000000150.safetensors");
    }

    @Test
    void aRunThatIsKilledBetweenGoesOnFromTheCheckpointByTime() throws IOException {
        Trainer.Plan plan = Toy.plan(20, 50, Duration.ofNanos(1));
        Observer plug = new Observer() {
            @Override
            public void stepped(Report report) throws IOException {
                if (report.step() == 8) throw new IOException("pulled the plug");
            }
        };
        Trainer first = new Trainer(new Toy(step -> 1), plan, run(), "toy");
        assertThatThrownBy(() -> first.run(plug)).hasMessage("pulled the plug");
        Story rest = new Story();
        new Trainer(new Toy(step -> 1), plan, run(), "toy").resume(rest);
        assertThat(rest.wentOnFrom).containsExactly(7L);
    }

    @Test
    void aDamagedStateIsNamedAndAnOlderOneTaken() throws IOException {
        new Trainer(new Toy(step -> 1), Toy.plan(20, 10), run(), "toy").run(new Story());
        Path newest = run().states().get(0);
        byte[] bytes = Files.readAllBytes(newest);
        bytes[bytes.length - 3] ^= 1;
        Files.write(newest, bytes);
        Story rest = new Story();
        new Trainer(new Toy(step -> 1), Toy.plan(20, 10), run(), "toy").resume(rest);
        assertThat(rest.told).hasSize(2);
        assertThat(rest.told.get(0)).startsWith(newest + ": ").contains("it is damaged");
        assertThat(rest.told.get(1)).isEqualTo("goes on from step 10");
        assertThat(rest.wentOnFrom).containsExactly(10L);
    }

    @Test
    void whereAllStatesAreDamagedNothingBeginsAgain() throws IOException {
        new Trainer(new Toy(step -> 1), Toy.plan(20, 10), run(), "toy").run(new Story());
        for (Path state : run().states()) Files.write(state, new byte[7]);
        Trainer trainer = new Trainer(new Toy(step -> 1), Toy.plan(20, 10), run(), "toy");
        assertThatThrownBy(() -> trainer.resume(new Story()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected a state to go on from, but none of 3 can be read")
                .hasMessageContaining("put a copy of one back");
        assertThat(run().states()).hasSize(3);
    }

    @Test
    void aFinishedRunIsExportedAgainAndGoesOnIfItHasMoreSteps() throws IOException {
        new Trainer(new Toy(step -> 1), Toy.plan(20, 10), run(), "toy").run(new Story());
        Story again = new Story();
        new Trainer(new Toy(step -> 1), Toy.plan(20, 10), run(), "toy").resume(again);
        assertThat(again.taken).isEmpty();
        assertThat(again.saved).containsExactly(20L);
        Story longer = new Story();
        new Trainer(new Toy(step -> 1), Toy.plan(23, 10), run(), "toy").resume(longer);
        assertThat(longer.taken).containsExactly(21L, 22L, 23L);
        assertThat(longer.told).singleElement().asString().contains("goes on from step 20 to 23 instead of 20 steps");
        Trainer shorter = new Trainer(new Toy(step -> 1), Toy.plan(20, 10), run(), "toy");
        assertThatThrownBy(() -> shorter.resume(new Story()))
                .hasMessageContaining("expected at least the 23 steps of this run, got 20");
    }

    @Test
    void anotherRecipeIsRefused() throws IOException {
        new Trainer(new Toy(step -> 1), Toy.plan(2, 2), run(), "toy").run(new Story());
        Trainer other = new Trainer(new Toy(step -> 1), Toy.plan(2, 2), run(), "other");
        assertThatThrownBy(() -> other.resume(new Story()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected a run of this recipe (other), got one of another (toy)")
                .hasMessageContaining("resume with the recipe it began with");
    }

    @Test
    void aNewRunWantsAnEmptyFolder() throws IOException {
        Path inTheWay = Files.createDirectories(folder.resolve("run")).resolve("thesis.txt");
        Files.writeString(inTheWay, "mine");
        Trainer trainer = new Trainer(new Toy(step -> 1), Toy.plan(2, 2), run(), "toy");
        assertThatThrownBy(() -> trainer.run(new Story()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected an empty folder for a new run");
        assertThat(inTheWay).hasContent("mine");
    }

    @Test
    void theModelHoldsTheAverageWhileACheckpointIsExportedAndItsOwnValuesAfterwards() throws IOException {
        Toy toy = new Toy(step -> 1);
        List<float[]> seen = new ArrayList<>();
        new Trainer(toy, Toy.plan(5, 5), run(), "toy").run(new Observer() {
            @Override
            public void stepped(Report report) {
                seen.add(toy.x.toFloats());
            }

            @Override
            public void saved(long step) {
                seen.add(toy.x.toFloats());
            }
        });
        var state = run().find().newest().orElseThrow();
        assertThat(seen.get(5))
                .isEqualTo(numbers(state.tensors("ema").get("x")))
                .isNotEqualTo(seen.get(4));
        assertThat(toy.x.toFloats()).isEqualTo(seen.get(4));
        assertThat(seen.get(4)).isEqualTo(numbers(state.tensors("weights").get("x")));
    }

    @Test
    void memoryStaysFlatOverTenThousandSteps() throws IOException {
        long[] resident = new long[2];
        new Trainer(new Toy(step -> 1), Toy.plan(10_000, 10_000), run(), "toy").run(new Observer() {
            @Override
            public void stepped(Report report) throws IOException {
                if (report.step() == 2_000) resident[0] = residentKilobytes();
                if (report.step() == 10_000) resident[1] = residentKilobytes();
            }
        });
        assertThat(resident[1] - resident[0])
                .as("growth in kB, from %d", resident[0])
                .isLessThan(48 << 10);
    }

    private static float[] numbers(@Nullable Tensor x) {
        return Objects.requireNonNull(x).toFloats();
    }

    private static long residentKilobytes() throws IOException {
        System.gc();
        Path status = Path.of("/proc/self/status");
        org.junit.jupiter.api.Assumptions.assumeTrue(
                Files.exists(status), "resident memory is read from Linux's /proc");
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatAdafactorRemembersIsResumedToTheBit() throws IOException {
        FlatToy whole = new FlatToy();
        new Trainer(whole, FlatToy.plan(12), new RunFolder(folder.resolve("whole"), 3), "toy").run(new Story());
        new Trainer(new FlatToy(), FlatToy.plan(12), run(), "toy").run(new Observer() {
            private long steps;

            @Override
            public void stepped(Report report) {
                steps = report.step();
            }

            @Override
            public boolean wantsToStop() {
                return steps == 7;
            }
        });
        assertThat(run().find().newest().orElseThrow().groups())
                .containsOnlyKeys("weights", "ema", "columns", "rows", "squares", "guard");
        FlatToy rest = new FlatToy();
        new Trainer(rest, FlatToy.plan(12), run(), "toy").resume(new Story());
        assertThat(rest.matrix.toBytes()).isEqualTo(whole.matrix.toBytes());
        assertThat(rest.vector.toBytes()).isEqualTo(whole.vector.toBytes());
        assertThat(rest.matrix.toBytes()).isNotEqualTo(new FlatToy().matrix.toBytes());
    }

    /** A matrix and a vector, for an optimizer that remembers them unlike. */
    private static final class FlatToy implements Objective {
        final Tensor matrix = Seed.of(4).randn(3, 5).outliving();
        final Tensor vector = Seed.of(5).randn(5).outliving();

        static Trainer.Plan plan(long steps) {
            Trainer.Plan plan = Toy.plan(steps, 50);
            return new Trainer.Plan(
                    steps,
                    1,
                    LearningRate.constant(1e-2, 1),
                    Adafactor.Config.PAPER,
                    new GlobalNorm(1),
                    0.9,
                    50,
                    plan.checkpointAfter(),
                    1);
        }

        @Override
        public Map<String, Tensor> parameters() {
            return Map.of("matrix", matrix, "vector", vector);
        }

        @Override
        public int batchSize() {
            return 1;
        }

        @Override
        public Tensor loss(long step, Seed seed) {
            return matrix.plus(seed.randn(3, 5)).times(vector).square().mean();
        }
    }
}

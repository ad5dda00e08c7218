package org.zeuxis.app.serve.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.hub.Found;
import org.zeuxis.machine.NoRoomException;
import org.zeuxis.machine.NoRoomToComputeException;
import org.zeuxis.tensor.DType;

/** Of models that are a file of 100 bytes each. */
class OpenModelsTest {
    @TempDir
    private Path folder = Path.of("");

    private final List<String> closed = new ArrayList<>();
    private int opened;
    private long available = 1000;
    private int closedFirst; // until then there is no room

    private record Fake(String name, List<String> closed) implements AutoCloseable {
        @Override
        public void close() {
            closed.add(name);
        }
    }

    private OpenModels models(Duration idle) {
        return new OpenModels(
                new OpenModels.Finding() {
                    @Override
                    public List<Class<? extends AutoCloseable>> kinds(String name) {
                        return List.of(Fake.class);
                    }

                    @Override
                    public <M extends AutoCloseable> Found<M> find(String name, Class<M> kind) throws IOException {
                        if (kind != Fake.class) throw new IOException(name + ": expected another kind");
                        Path file = Files.write(folder.resolve(name), new byte[100]);
                        return new Found<>(name, file, kind, (path, type) -> kind.cast(new Fake(name, closed)));
                    }
                },
                new OpenModels.Opening() {
                    @Override
                    public <M extends AutoCloseable> M open(Found<M> found) throws IOException {
                        if (closed.size() < closedFirst) throw new NoRoomException("expected room, got none");
                        opened++;
                        return found.opening().open(found.path(), DType.FLOAT32);
                    }
                },
                () -> available + 125L * closed.size(),
                idle);
    }

    @Test
    void aModelStaysOpenUntilAnotherNeedsItsMemory() throws IOException {
        try (OpenModels models = models(Duration.ofHours(1))) {
            Fake a = models.open("a", Fake.class);
            models.open("b", Fake.class);
            assertThat(models.open("a", Fake.class)).isSameAs(a);
            assertThat(opened).isEqualTo(2);
            available = 0; // the one used longest ago goes, and is enough
            models.open("c", Fake.class);
            assertThat(closed).containsExactly("b");
            assertThat(models.count()).isEqualTo(2);
            models.putAwayIdle();
            assertThat(models.count()).isEqualTo(2);
            models.putAwayAll();
            assertThat(closed).containsExactly("b", "a", "c");
        }
    }

    @Test
    void whatNobodyAskedForIsPutAway() throws IOException {
        try (OpenModels models = models(Duration.ZERO)) {
            models.open("a", Fake.class);
            models.putAwayIdle();
            assertThat(closed).containsExactly("a");
            assertThat(models.count()).isZero();
        }
    }

    @Test
    void whatFindsNoRoomIsTriedOnceMoreWithoutTheOthers() throws Exception {
        try (OpenModels models = models(Duration.ofHours(1))) {
            models.open("a", Fake.class);
            closedFirst = 1;
            assertThat(models.<Fake, String>use("b", Fake.class, Fake::name)).isEqualTo("b");
            assertThat(closed).containsExactly("a");
            assertThat(models.count()).isEqualTo(1);

            models.open("c", Fake.class);
            int[] tries = {0};
            String name = models.use("b", Fake.class, model -> {
                if (tries[0]++ == 0) throw new NoRoomToComputeException("expected room, got none");
                return model.name();
            });
            assertThat(name).isEqualTo("b");
            assertThat(closed).containsExactly("a", "c");

            // alone it is not tried again
            assertThatThrownBy(() -> models.use("b", Fake.class, model -> {
                        tries[0]++;
                        throw new NoRoomToComputeException("expected a smaller picture");
                    }))
                    .hasMessage("expected a smaller picture");
            assertThat(tries[0]).isEqualTo(3);
            assertThat(models.count()).isEqualTo(1);
        }
    }

    @Test
    void oneOfAnotherKindIsTheCallersFault() {
        try (OpenModels models = models(Duration.ZERO)) {
            assertThatThrownBy(() -> models.open("a", AutoCloseable.class))
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.status()).isEqualTo(400))
                    .hasMessage("a: expected another kind");
        }
    }
}

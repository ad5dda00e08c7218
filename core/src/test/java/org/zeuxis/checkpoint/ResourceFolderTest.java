package org.zeuxis.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.checkpoint.format.SafetensorsGoldenTest;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.machine.CacheFolder;
import org.zeuxis.tensor.Tensor;

class ResourceFolderTest {
    private static final String MODEL = "/org/zeuxis/shipped/model";

    @TempDir
    private Path folder;

    /** Stands for a class of the jar that ships weights. */
    static final class Anchor {}

    private Path cache() {
        return folder.resolve("cache");
    }

    /** A class loader over a jar with {@link Anchor} and a small model whose one weight is {@code value}. */
    private URLClassLoader shipped(double value) throws Exception {
        Path model = folder.resolve("made-" + value);
        ModelFolder.save(
                model,
                ModelFolder.Layout.TRANSFORMERS,
                new ConfigWriter().put("value", value),
                Map.of("x", Tensor.full(value, 1000)));
        Path jar = folder.resolve("shipped-" + value + ".jar");
        String anchor = Anchor.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                InputStream code = Anchor.class.getClassLoader().getResourceAsStream(anchor)) {
            out.putNextEntry(new ZipEntry(anchor));
            code.transferTo(out);
            out.putNextEntry(new ZipEntry(MODEL.substring(1) + "/"));
            for (String file : List.of("config.json", "model.safetensors")) {
                out.putNextEntry(new ZipEntry(MODEL.substring(1) + "/" + file));
                Files.copy(model.resolve(file), out);
            }
        }
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
    }

    private ModelFolder open(URLClassLoader loader) throws Exception {
        return ModelFolder.onClassPath(loader.loadClass(Anchor.class.getName()), MODEL, cache());
    }

    private static float weight(ModelFolder model) throws Exception {
        try (Weights weights = model.weights()) {
            return weights.tensor("x").toFloats()[999];
        }
    }

    @Test
    void unpacksOnceForEachVersionAndMendsADamagedCopy() throws Exception {
        try (URLClassLoader one = shipped(1);
                URLClassLoader two = shipped(2)) {
            ModelFolder model = open(one);
            assertThat(model.config().number("value")).isEqualTo(1);
            assertThat(weight(model)).isEqualTo(1);
            Path weights = model.file("model.safetensors");
            Object made = Files.getLastModifiedTime(weights);
            assertThat(open(one).path()).isEqualTo(model.path());
            assertThat(Files.getLastModifiedTime(weights)).isEqualTo(made);
            assertThat(weight(open(two))).isEqualTo(2);
            assertThat(weight(model)).isEqualTo(1);
            Files.write(weights, Arrays.copyOf(Files.readAllBytes(weights), 99));
            assertThat(weight(open(one))).isEqualTo(1);
        }
        try (Stream<Path> all = Files.list(cache().resolve("unpacked"))) {
            assertThat(all.map(p -> p.getFileName().toString()).filter(n -> !n.equals(".lock")))
                    .hasSize(2)
                    .allMatch(n -> n.startsWith("model-"));
        }
    }

    @Test
    void severalAtOnceShareOneCopy() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (URLClassLoader one = shipped(3)) {
            Callable<Path> open = () -> open(one).path();
            List<Future<Path>> paths = threads.invokeAll(List.of(open, open, open, open, open, open));
            for (Future<Path> path : paths)
                assertThat(path.get()).isEqualTo(paths.get(0).get());
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void anUnpackedClassPathIsUsedAsItIs() throws Exception {
        ModelFolder model = ModelFolder.onClassPath(ResourceFolderTest.class, "/golden/sharded", cache());
        assertThat(model.path()).isEqualTo(SafetensorsGoldenTest.golden("sharded"));
        assertThat(cache()).doesNotExist();
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        assertThatIOException()
                .isThrownBy(() -> ModelFolder.onClassPath(Anchor.class, "/no/such", cache()))
                .withMessageContaining("expected the folder /no/such on the class path of " + Anchor.class.getName());
        Files.writeString(cache(), "in the way");
        try (URLClassLoader one = shipped(4)) {
            assertThatIOException().isThrownBy(() -> open(one)).withMessageContaining("-Dorg.zeuxis.cache=FOLDER");
        }
    }

    @Test
    void theCacheIsWhereTheUserSaysItIs() {
        String before = System.getProperty("org.zeuxis.cache");
        System.setProperty("org.zeuxis.cache", folder.toString());
        try {
            assertThat(CacheFolder.path()).isEqualTo(folder);
        } finally {
            if (before == null) System.clearProperty("org.zeuxis.cache");
            else System.setProperty("org.zeuxis.cache", before);
        }
    }
}

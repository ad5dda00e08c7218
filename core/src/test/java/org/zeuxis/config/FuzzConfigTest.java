package org.zeuxis.config;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.Hostile;
import org.zeuxis.checkpoint.format.ShardedWeights;

/** Any bytes as a configuration, of which every key is asked for as everything, and as the index of shards. */
class FuzzConfigTest {
    private static final List<BiConsumer<Config, String>> ASKED = List.of(
            (config, key) -> config.sizes(key, List.of(), Size.LAYERS),
            Config::wholeNumber,
            Config::numbers,
            Config::flag,
            Config::texts,
            Config::child,
            Config::children,
            (config, key) -> config.expect(key, 1, "a", true));

    @TempDir
    static Path folder;

    @FuzzTest(maxDuration = "5m")
    void config(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("config.json"), bytes);
        for (BiConsumer<Config, String> asked : ASKED) {
            Hostile.line(file.toString(), () -> {
                Config config = Config.read(file);
                for (String key : config.keys()) asked.accept(config, key);
                config.integer("absent");
            });
        }
        Hostile.line(file.toString(), () -> Config.read(file).refuseUnread());
    }

    @FuzzTest(maxDuration = "5m")
    void index(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("model.safetensors.index.json"), bytes);
        Hostile.line(file.toString(), () -> ShardedWeights.open(file).close());
    }
}

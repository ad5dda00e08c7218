package org.zeuxis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.image.Image;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Tensor;

/** What a reference implementation computed: weights, inputs and results in one file, made by {@code tools/golden}. */
public final class Golden implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Golden.class);
    private final String name;
    private final Safetensors file;

    private Golden(String name) throws IOException {
        this.name = name;
        this.file = Safetensors.open(path(name));
    }

    public static Golden open(String name) {
        try {
            return new Golden(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where a golden file of this name lies. */
    public static Path path(String name) {
        try {
            return Path.of(Objects.requireNonNull(Golden.class.getResource("/golden/" + name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public Tensor tensor(String key) {
        return file.tensor(key);
    }

    public Map<String, String> metadata() {
        return file.metadata();
    }

    public JsonNode config() throws IOException {
        return new ObjectMapper().readTree(file.metadata().get("config"));
    }

    /** The cases that a file tells in its metadata, each by its name and what it says. */
    public static Stream<Arguments> cases(String file) throws IOException {
        List<Arguments> all = new ArrayList<>();
        try (Golden golden = open(file)) {
            new ObjectMapper()
                    .readTree(golden.metadata().get("cases"))
                    .properties()
                    .forEach(e -> all.add(Arguments.of(e.getKey(), e.getValue())));
        }
        return all.stream();
    }

    /** A picture whose samples are here, of three channels or, of a mask, of one. */
    public static Image picture(String file, String key, int width, int height) {
        try (Golden golden = open(file)) {
            long[] levels = golden.tensor(key).toLongs();
            byte[] samples = new byte[width * height * 3];
            for (int i = 0; i < samples.length; i++) samples[i] = (byte) levels[i * levels.length / samples.length];
            return new Image(width, height, 3, samples);
        }
    }

    /** Fails unless each sample of a picture is within one level of the reference's {@code key}. */
    public void checkWithinOneLevel(String key, Image image) {
        float[] expected = tensor(key).toFloats();
        byte[] samples = image.samples();
        assertThat(samples).as(name + " " + key).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(Math.abs((samples[i] & 0xff) - expected[i]))
                    .as("sample " + i)
                    .isLessThanOrEqualTo(1);
        }
    }

    /** Gives {@code module} the weights of this file, which must be exactly its own. */
    public <M extends Module> M load(M module) {
        return load(module, "");
    }

    /** The same for the weights under {@code prefix}. */
    public <M extends Module> M load(M module, String prefix) {
        String start = "weights." + prefix;
        assertThat(file.names().stream()
                        .filter(n -> n.startsWith(start))
                        .map(n -> n.substring(start.length()))
                        .toList())
                .as("keys of " + name)
                .containsExactlyInAnyOrderElementsOf(module.parameters().keySet());
        module.parameters().forEach((key, p) -> InPlace.become(p, file.tensor(start + key)));
        return module;
    }

    /** Fails unless {@code actual} is within {@code tolerance} of the reference's {@code key}, everywhere. */
    public double check(String key, Tensor actual, double tolerance) {
        Tensor expected = file.tensor(key);
        assertThat(actual.shape()).as(name + " " + key).isEqualTo(expected.shape());
        double difference = expected.maxDifference(actual);
        LOG.info(
                "{} {}: differs by at most {}, largest {}",
                name,
                key,
                difference,
                expected.abs().max());
        assertThat(difference).as(name + " " + key).isLessThanOrEqualTo(tolerance);
        return difference;
    }

    @Override
    public void close() {
        file.close();
    }
}

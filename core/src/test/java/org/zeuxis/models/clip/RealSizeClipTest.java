package org.zeuxis.models.clip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/** A CLIP of a published size against its reference, in the folder that {@code tools/golden/real_size_clip.py} wrote. */
@EnabledIfSystemProperty(
        named = "clip.folder",
        matches = ".+",
        disabledReason = "no -Dclip.folder names what tools/golden/real_size_clip.py wrote")
class RealSizeClipTest {
    private static final Logger LOG = LoggerFactory.getLogger(Golden.class);
    private final Path folder = Path.of(System.getProperty("clip.folder", "."));

    @Test
    void embedsAsItsReferenceDoes() throws IOException {
        Comparison images = compare("image", DType.FLOAT32);
        assertThat(images.difference).isLessThan(1e-4);
        Comparison texts = compare("text", DType.FLOAT32);
        assertThat(texts.difference).isLessThan(1e-4);
    }

    @Test
    void embedsNearlyTheSameInBfloat16() throws IOException {
        assertThat(compare("image", DType.BFLOAT16).cosine).isGreaterThan(0.999);
        assertThat(compare("text", DType.BFLOAT16).cosine).isGreaterThan(0.999);
    }

    /** The largest difference of a number, and the least cosine of an embedding with the one expected. */
    private record Comparison(double difference, double cosine) {}

    private Comparison compare(String kind, DType type) throws IOException {
        Clip clip = ClipFolder.load(folder, DType.FLOAT32).clip();
        clip.to(type);
        try (Safetensors file = Safetensors.open(folder.resolve("expected.safetensors"));
                Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor found = kind.equals("image")
                    ? clip.embedImages(file.tensor("in.pixels").to(type))
                    : clip.embedText(file.tensor("in.tokens"));
            found = found.to(DType.FLOAT32);
            Tensor expected = file.tensor("out." + kind + "_embeds");
            double cosine = expected.times(found.normalized(-1)).sum(-1).min();
            double difference = expected.maxDifference(found);
            LOG.info(
                    "{} {}: differs by at most {}, least cosine {}, lengths from {} to {}",
                    kind,
                    type,
                    difference,
                    cosine,
                    found.length(-1).min(),
                    found.length(-1).max());
            Tensor theirs = file.tensor("out.bf16_" + kind + "_embeds");
            LOG.info(
                    "{} BFLOAT16 in PyTorch: differs by at most {}, least cosine {}",
                    kind,
                    expected.maxDifference(theirs),
                    expected.times(theirs.normalized(-1)).sum(-1).min());
            return new Comparison(difference, cosine);
        }
    }
}

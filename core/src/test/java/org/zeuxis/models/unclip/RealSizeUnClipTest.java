package org.zeuxis.models.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.models.unclip.prior.DiffusionPrior;
import org.zeuxis.models.unclip.prior.EncodedText;
import org.zeuxis.models.unclip.prior.Prior;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;

/** Each part of unCLIP at Karlo's size against diffusers, in the folder that {@code tools/golden/real_size_unclip.py} wrote. */
@EnabledIfSystemProperty(
        named = "unclip.folder",
        matches = ".+",
        disabledReason = "no -Dunclip.folder names what tools/golden/real_size_unclip.py wrote")
class RealSizeUnClipTest {
    private static final Logger LOG = LoggerFactory.getLogger(Golden.class);
    private static final float T = 700;
    private final Path folder = Path.of(System.getProperty("unclip.folder", "."));

    private Safetensors expected(String part) throws IOException {
        Path file = folder.resolve(part + ".safetensors");
        assumeThat(file).exists();
        return Safetensors.open(file);
    }

    private ModelFolder part(String name) throws IOException {
        return ModelFolder.open(folder.resolve(name));
    }

    private static void check(String what, Tensor expected, Tensor found) {
        double difference = expected.maxDifference(found);
        LOG.info(
                "{}: differs by at most {}, largest {}",
                what,
                difference,
                expected.abs().max());
        assertThat(difference).as(what).isLessThan(1e-4);
    }

    private static EncodedText text(Safetensors file) {
        return new EncodedText(
                file.tensor("in.embedding"),
                file.tensor("in.states"),
                file.tensor("in.mask").to(DType.BOOL));
    }

    @Test
    void thePriorPredictsAsDiffusersDoes() throws IOException {
        try (Safetensors file = expected("prior");
                Prior prior = Prior.load(ModelFolder.open(folder));
                Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor found =
                    ((DiffusionPrior) prior).network().forward(file.tensor("in.xt"), Tensor.full(T, 2), text(file));
            check("prior", file.tensor("out.prior"), found);
        }
    }

    @Test
    void theProjectionTellsWhatDiffusersTells() throws IOException {
        try (Safetensors file = expected("text_proj");
                ClipProjection projection = ClipProjection.load(part("text_proj"));
                Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor images = Tensor.cat(0, projection.noImage(1), file.tensor("in.image"));
            Conditioning told = projection.forward(images, text(file));
            check("text_proj, tokens", file.tensor("out.tokens"), told.tokens());
            check("text_proj, time", file.tensor("out.time"), told.time());
        }
    }

    @Test
    void theDecoderPredictsAsDiffusersDoes() throws IOException {
        try (Safetensors file = expected("decoder");
                Decoder decoder = Decoder.load(part("decoder"));
                Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Conditioning told = new Conditioning(
                    file.tensor("in.time"),
                    file.tensor("in.tokens"),
                    file.tensor("in.mask").to(DType.BOOL));
            check(
                    "decoder",
                    file.tensor("out.decoder"),
                    decoder.forward(file.tensor("in.xt"), Tensor.full(T, 2), told));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"super_res_first", "super_res_last"})
    void theUpsamplersPredictAsDiffusersDo(String name) throws IOException {
        try (Safetensors file = expected(name);
                Upsampler upsampler = Upsampler.load(part(name));
                Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor found = upsampler.forward(file.tensor("in.xt"), Tensor.full(T, 1), file.tensor("in.small"));
            check(name, file.tensor("out." + name), found);
        }
    }
}

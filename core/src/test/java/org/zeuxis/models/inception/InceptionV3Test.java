package org.zeuxis.models.inception;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/** Against torch-fidelity's InceptionV3, whose weights both sides make of whole numbers; clean-fid's resizing beside its own. */
class InceptionV3Test {
    @TempDir
    static Path folder;

    @BeforeAll
    static void weights() throws IOException {
        save(folder.resolve("inception.safetensors"), true);
    }

    /** The hash of {@code tools/golden/fidelity.py}. */
    private static double hashed(long i, long salt) {
        long h = (i * 2654435761L + salt * 40503L) & 0xffffffffL;
        h ^= h >> 15;
        h = h * 2246822519L & 0xffffffffL;
        h ^= h >> 13;
        return h / (double) (1L << 32);
    }

    private static Tensor weight(String key, long... shape) {
        long salt = 0;
        for (int i = 0; i < key.length(); i++) salt += (i + 1L) * key.charAt(i);
        long count = 1;
        for (long size : shape) count *= size;
        float[] all = new float[(int) count];
        double span = Math.sqrt(6 / (double) (count / shape[0]));
        for (int i = 0; i < all.length; i++) {
            double x = hashed(i, salt);
            if (key.endsWith("running_var")) all[i] = (float) (0.5 + x);
            else if (key.endsWith("bn.weight")) all[i] = (float) (0.8 + 0.4 * x);
            else all[i] = (float) (shape.length == 1 ? 0.2 * x - 0.1 : (2 * x - 1) * span);
        }
        return Tensor.of(all, shape);
    }

    private static void save(Path file, boolean whole) throws IOException {
        try (Scope scope = new Scope();
                InceptionV3 shapes = new InceptionV3()) {
            Map<String, Tensor> all = new LinkedHashMap<>();
            shapes.parameters().forEach((key, p) -> all.put(key, weight(key, p.shape())));
            all.put("fc.bias", Tensor.zeros(1008));
            all.put("Mixed_7c.branch_pool.bn.num_batches_tracked", Tensor.of(new long[] {7}));
            if (!whole) all.remove("Mixed_6b.branch7x7_2.conv.weight");
            SafetensorsWriter.write(file, all, Map.of());
        }
    }

    private static Image picture(Golden golden, String name) {
        Tensor x = golden.tensor("in." + name);
        byte[] samples =
                x.squeeze(0).permute(1, 2, 0).contiguous().to(DType.UINT8).toBytes();
        return new Image((int) x.size(3), (int) x.size(2), 3, samples);
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "long"})
    void featuresAreThoseOfTorchFidelity(String name) throws IOException {
        try (Golden golden = Golden.open("inception.safetensors");
                Gradients off = Gradients.off();
                Scope scope = new Scope();
                InceptionV3 model = Models.standard()
                        .open(folder.resolve("inception.safetensors").toString(), InceptionV3.class)) {
            Tensor tensorflow = InceptionResize.TENSORFLOW.apply(List.of(picture(golden, name)));
            golden.check("mid." + name + ".tensorflow", tensorflow.slice(2, 100, 104), 2e-5);
            Tensor clean = InceptionResize.CLEAN.apply(List.of(picture(golden, name)));
            golden.check("mid." + name + ".clean", clean.slice(2, 100, 104), 1e-4);
            InceptionV3.Features features = model.forward(tensorflow);
            golden.check("out." + name + ".pooled", features.pooled(), 1e-4);
            golden.check("out." + name + ".logits", features.logits(), 1e-4);
            golden.check("out." + name + ".clean", model.forward(clean).pooled(), 1e-4);
        }
    }

    @Test
    void picturesOfAnotherSizeAndFilesThatLackSomethingAreRefused() throws IOException {
        Path cut = folder.resolve("cut.safetensors");
        save(cut, false);
        assertThatThrownBy(() -> InceptionV3.load(cut))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cut.safetensors")
                .hasMessageContaining("Mixed_6b.branch7x7_2.conv.weight");
        try (InceptionV3 model = new InceptionV3()) {
            assertThatThrownBy(() -> model.forward(Tensor.zeros(1, 3, 64, 64)))
                    .hasMessageContaining("[batch, 3, 299, 299]");
        }
        assertThat(InceptionResize.TENSORFLOW.words()).isNotEqualTo(InceptionResize.CLEAN.words());
    }
}

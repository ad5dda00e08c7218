package org.zeuxis.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.tensor.Tensor;

class PixelsTest {
    @Test
    void roundsAsDiffusersDoes() throws IOException {
        JsonNode golden = Noise.golden("resize.json").get("pixels");
        int n = golden.get("values").size();
        float[] values = new float[3 * n];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) golden.get("values").get(i % n).asDouble();
        }
        Image image = Pixels.toImages(Tensor.of(values, 1, 3, 1, n)).get(0);
        for (int i = 0; i < n; i++) {
            assertThat(image.sample(i, 0, 1))
                    .as("value %s", values[i])
                    .isEqualTo(golden.get("samples").get(i).asInt());
        }
    }

    @Test
    void normalizesAsTorchvisionDoes() throws IOException {
        for (JsonNode c : Noise.golden("resize.json").get("clip")) {
            Image scaled = Resize.Filter.BICUBIC.scaleShorterSide(Noise.of(c.get(0)), 224);
            Tensor x = Normalize.CLIP.apply(new CenterCrop(224).apply(scaled));
            assertThat(x.shape()).containsExactly(3, 224, 224);
            float[] values = x.toFloats();
            for (int channel = 0; channel < 3; channel++) {
                float value = values[(channel * 224 + 100) * 224 + 7];
                assertThat((double) value).isCloseTo(c.get(2).get(channel).asDouble(), within(1e-6));
            }
        }
    }

    @Test
    void picturesSurviveTheWayToATensorAndBack() {
        List<Image> images = List.of(Noise.of(5, 3, 3, 1), Noise.of(5, 3, 3, 2));
        Tensor x = Normalize.TO_ONE.apply(images);
        assertThat(x.shape()).containsExactly(2, 3, 3, 5);
        List<Image> back = Pixels.toImages(x);
        for (int b = 0; b < 2; b++) {
            assertThat(back.get(b).samples()).isEqualTo(images.get(b).samples());
        }
    }

    @Test
    void leavesTheAlphaChannelOut() {
        Image rgba = new Image(1, 1, 4, new byte[] {(byte) 255, 0, (byte) 255, 7});
        assertThat(Normalize.TO_ONE.apply(rgba).toFloats()).containsExactly(1, -1, 1);
    }

    @Test
    void refusesWhatIsNoPicture() {
        assertThatThrownBy(() -> Pixels.toImages(Tensor.of(new float[8], 1, 4, 1, 2)))
                .hasMessageContaining("[batch, 3, height, columns], got [1, 4, 1, 2]");
        assertThatThrownBy(() -> Pixels.toImages(Tensor.of(new float[] {0, Float.NaN, 0}, 3, 1, 1)))
                .hasMessageContaining("NaN")
                .hasMessageContaining("bfloat16");
        assertThatThrownBy(() -> Normalize.CLIP.apply(List.of())).hasMessageContaining("at least one picture");
        assertThatThrownBy(() -> Normalize.CLIP.apply(List.of(Noise.of(2, 2, 3, 1), Noise.of(3, 2, 3, 1))))
                .hasMessageContaining("2x2, got 3x2 at 1");
        assertThatThrownBy(() -> new Normalize(List.of(0f), List.of(1f))).hasMessageContaining("three channels");
    }
}

package org.zeuxis.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.image.codec.ImageFile;

class ResizeTest {
    @Test
    void givesPillowsBytesForEveryFilterSizeAndKindOfPicture() throws IOException {
        Image photo = ImageFile.decode(Noise.resource("/golden/resize-photo.png"));
        JsonNode cases = Noise.golden("resize.json").get("cases");
        List<String> wrong = new ArrayList<>();
        for (JsonNode c : cases) {
            Image input = c.get(0).isTextual() ? photo : Noise.of(c.get(0));
            Resize.Filter filter = Resize.Filter.valueOf(c.get(3).asText());
            Image result = new Resize(c.get(1).asInt(), c.get(2).asInt(), filter).apply(input);
            if (Noise.crc(result) != c.get(4).asLong()) wrong.add(c.toString());
        }
        assertThat(wrong).isEmpty();
        assertThat(cases.size()).isGreaterThan(200);
    }

    @Test
    void scalesTensorsOfBytesAsTorchvisionDoes() throws IOException {
        JsonNode cases = Noise.golden("resize.json").get("tensors");
        List<String> wrong = new ArrayList<>();
        for (JsonNode c : cases) {
            TensorFilter filter = TensorFilter.valueOf(c.get(3).asText());
            Image result =
                    filter.scale(Noise.of(c.get(0)), c.get(1).asInt(), c.get(2).asInt());
            if (Noise.crc(result) != c.get(4).asLong()) wrong.add(c.toString());
        }
        assertThat(wrong).isEmpty();
        assertThat(cases.size()).isGreaterThan(100);
    }

    @Test
    void makesClipsSquareAsTorchvisionDoes() throws IOException {
        for (JsonNode c : Noise.golden("resize.json").get("clip")) {
            Image scaled = Resize.Filter.BICUBIC.scaleShorterSide(Noise.of(c.get(0)), 224);
            Image square = new CenterCrop(224).apply(scaled);
            assertThat(Noise.crc(square)).as(c.toString()).isEqualTo(c.get(1).asLong());
        }
    }

    @Test
    void cropsAsTorchvisionDoesWithBlackWhereThePictureEnds() throws IOException {
        for (JsonNode c : Noise.golden("resize.json").get("crops")) {
            Image square = new CenterCrop(c.get(1).asInt()).apply(Noise.of(c.get(0)));
            assertThat(Noise.crc(square)).as(c.toString()).isEqualTo(c.get(2).asLong());
        }
    }

    @Test
    void leavesAPictureOfTheSizeAlone() {
        Image image = Noise.of(9, 7, 4, 1);
        assertThat(new Resize(9, 7, Resize.Filter.LANCZOS).apply(image)).isSameAs(image);
        assertThat(TensorFilter.BICUBIC.scale(image, 9, 7)).isSameAs(image);
        assertThat(new CenterCrop(9, 7, CenterCrop.Odd.FLOOR).apply(image)).isSameAs(image);
    }

    @Test
    void refusesAnEmptySize() {
        assertThatThrownBy(() -> new Resize(0, 5, Resize.Filter.BOX)).hasMessageContaining("at least 1x1, got 0x5");
        assertThatThrownBy(() -> new CenterCrop(-1)).hasMessageContaining("at least 1x1, got -1x-1");
    }
}

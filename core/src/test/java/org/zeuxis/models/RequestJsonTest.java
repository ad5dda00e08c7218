package org.zeuxis.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.config.ConfigException;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.PngText;
import org.zeuxis.tensor.DType;

class RequestJsonTest {
    private static final ImageRequest CAT = ImageRequest.of("a \"cat\",\nand 葡萄")
            .withNegative("a dog")
            .withSeed(Long.MAX_VALUE)
            .with(new Sampling(20, 7.25, "dpm++2m"))
            .withSize(64, 32);

    private static RequestJson again(RequestJson request) throws IOException {
        return RequestJson.parse("cat.png", request.text());
    }

    /** What pictures have carried from the first version on. */
    @Test
    void isWrittenAsItAlwaysWas() {
        assertThat(RequestJson.of(CAT.withPrompt("a cat").withSeed(7), "pictograms", DType.FLOAT32)
                        .text())
                .isEqualTo("{\"prompt\":\"a cat\",\"negative\":\"a dog\",\"seed\":7,\"steps\":20,\"guidance\":7.25,"
                        + "\"sampler\":\"dpm++2m\",\"width\":64,\"height\":32,\"model\":\"pictograms\"}");
    }

    @Test
    void isReadAsItWasWritten() throws IOException {
        RequestJson said = RequestJson.of(CAT.withCount(3), "a model", DType.FLOAT32);
        assertThat(again(said)).isEqualTo(said);
        RequestJson half = RequestJson.of(CAT, "a model", DType.BFLOAT16);
        assertThat(half.text()).contains("\"dtype\":\"bfloat16\"");
        assertThat(again(half)).isEqualTo(half);
        RequestJson open = RequestJson.of(ImageRequest.of("").withGuidance(0), "", DType.FLOAT32);
        assertThat(again(open)).isEqualTo(open);
        AddedFile lora = new AddedFile(AddedFile.LORA, "a.safetensors", "00ff", 0.5);
        RequestJson added = RequestJson.of(CAT, "a model", DType.FLOAT32, null, List.of(lora));
        assertThat(added.text())
                .contains(
                        "\"added\":[{\"kind\":\"lora\",\"file\":\"a.safetensors\",\"sha256\":\"00ff\",\"weight\":0.5}]");
        assertThat(again(added)).isEqualTo(added);
        RequestJson skipping = RequestJson.of(CAT.withClipSkip(1), "", DType.FLOAT32);
        assertThat(skipping.text()).contains("\"clip_skip\":1");
        assertThat(again(skipping)).isEqualTo(skipping);
        RequestJson judged = RequestJson.of(CAT.withSafety(Safety.FLAG), "", DType.FLOAT32);
        assertThat(judged.text()).contains("\"safety\":\"flag\"");
        assertThat(again(judged)).isEqualTo(judged);
        RequestJson stages = RequestJson.of(
                CAT.with("prior", new Sampling(25, 4, "unclip")).with("upsampler", Sampling.OWN.withSteps(7)),
                "karlo",
                DType.FLOAT32);
        assertThat(again(stages)).isEqualTo(stages);
        assertThat(stages.text())
                .endsWith("\"stages\":{\"prior\":{\"steps\":25,\"guidance\":4.0,\"sampler\":\"unclip\"},"
                        + "\"upsampler\":{\"steps\":7}}}");
        RequestJson noised =
                RequestJson.of(CAT.with("upsampler", Sampling.OWN.withNoiseLevel(0)), "imagen", DType.FLOAT32);
        assertThat(again(noised)).isEqualTo(noised);
        assertThat(noised.text()).endsWith("\"stages\":{\"upsampler\":{\"noise_level\":0}}}");
    }

    @Test
    void ofASourceItKeepsWhatTellsItApart() throws IOException {
        Image picture = new Image(2, 1, 3, new byte[] {1, 2, 3, 4, 5, 6});
        Image mask = new Image(2, 1, 3, new byte[] {0, 0, 0, -1, -1, -1});
        ImageRequest whole = CAT.from(picture, 0.6);
        RequestJson read = again(RequestJson.of(whole.mask(mask), "a model", DType.FLOAT32));
        assertThat(read).isEqualTo(RequestJson.of(whole.mask(mask), "a model", DType.FLOAT32));
        assertThat(read.request()).isEqualTo(CAT);
        RequestJson.Traces traces = java.util.Objects.requireNonNull(read.source());
        assertThat(traces.strength()).isEqualTo(0.6);
        assertThat(traces.fits(new Source(picture, 0.1, mask))).isTrue();
        assertThat(traces.fits(new Source(picture, 0.6, null))).isFalse();
        assertThat(traces.fits(new Source(mask, 0.6, mask))).isFalse();
        assertThat(traces.fits(new Source(picture, 0.6, picture))).isFalse();
        assertThat(again(RequestJson.of(whole, "", DType.FLOAT32)).source())
                .isEqualTo(new RequestJson.Traces(0.6, traces.image(), ""));
    }

    @Test
    void theWebUisAreToldTheStrength() {
        Image picture = new Image(2, 1, 3, new byte[6]);
        GeneratedImage drawn = new GeneratedImage(picture, CAT.from(picture, 0.6), "a model", DType.FLOAT32, "");
        assertThat(drawn.text().entries().get(PngText.PARAMETERS))
                .contains("Steps: 20, Sampler: dpm++2m, CFG scale: 7.25, Seed: ", "Denoising strength: 0.6");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"dtype\": \"float16\"} | expected dtype to be",
                "{\"prompt\": 3} | expected prompt to be",
                "{\"steps\": 0} | expected at least 1 step, got 0; 20 is usual",
                "{\"seed\": 1.5} | expected seed to be",
                "{\"safety\": \"on\"} | expected safety to be one of off, flag, blank, got on",
                "{\"count\": 0} | expected a count of at least 1 picture, got 0",
                "{\"stages\": {\"prior\": {\"steps\": -1}}} | expected at least 1 step, got -1",
                "{\"stages\": {\"prior\": {\"step\": 4}}} | stages prior: expected only known keys, got step = 4",
                "{\"stages\": [1]} | got stages = [1]",
                "{\"promt\": \"a cat\"} | got promt = a cat (nearest key: prompt)",
                "{\"strength\": 0.5} | expected the key source; got none",
            })
    void whatIsNoRequestIsRefused(String json, String message) {
        assertThatThrownBy(() -> RequestJson.parse("cat.png", json))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("cat.png")
                .hasMessageContaining(message);
    }

    @Test
    void whatIsNoJsonIsRefused() {
        assertThatThrownBy(() -> RequestJson.parse("cat.png", "a cat"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cat.png: expected a JSON object");
    }
}

package org.zeuxis.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.Response;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.EncodedPicture;
import org.zeuxis.image.codec.PngText;
import org.zeuxis.models.clip.ClipFolder;

/** With the CLIP that ships, beside what {@code core} embeds. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class ZeuxisEmbeddingModelTest {
    private static final Image PICTURE = new Image(4, 4, 3, new byte[48]);

    private ClipFolder core;
    private ZeuxisEmbeddingModel model;

    @BeforeAll
    void open() throws IOException {
        core = ClipFolder.pictograms();
        model = ZeuxisEmbeddingModel.builder().model("pictograms", core).build();
    }

    @AfterAll
    void close() {
        model.close();
        core.close();
    }

    private static ImageContent shown() {
        return ImageContent.from(EncodedPicture.png(PICTURE, PngText.NONE), "image/png");
    }

    @Test
    void textsAreEmbedded() {
        Response<List<Embedding>> response =
                model.embedAll(List.of(TextSegment.from("a red apple"), TextSegment.from("a bus")));
        List<float[]> expected = core.textVectors(List.of("a red apple", "a bus"));
        assertThat(response.content().get(0).vector()).isEqualTo(expected.get(0));
        assertThat(response.content().get(1).vector()).isEqualTo(expected.get(1));
        assertThat(response.tokenUsage().inputTokenCount())
                .isEqualTo(core.tokens("a red apple") + core.tokens("a bus"));
        assertThat(model.dimension()).isEqualTo(expected.get(0).length);
        assertThat(model.modelName()).isEqualTo("pictograms");
    }

    @Test
    void picturesAndTextsComeInAnyOrder() {
        EmbeddingResponse response = model.embed(EmbeddingRequest.builder()
                .inputs(
                        EmbeddingInput.from(shown()),
                        EmbeddingInput.from("a bus"),
                        EmbeddingInput.from(shown()),
                        EmbeddingInput.from("a dog"))
                .build());
        float[] picture = core.imageVectors(List.of(PICTURE, PICTURE)).get(1);
        List<float[]> texts = core.textVectors(List.of("a bus", "a dog"));
        assertThat(response.embeddings().get(0).vector()).isEqualTo(picture);
        assertThat(response.embeddings().get(1).vector()).isEqualTo(texts.get(0));
        assertThat(response.embeddings().get(2).vector()).isEqualTo(picture);
        assertThat(response.embeddings().get(3).vector()).isEqualTo(texts.get(1));
    }

    @Test
    void whatCannotBeEmbeddedIsRefused() {
        assertThatThrownBy(() -> model.embed("a red apple ".repeat(20)))
                .hasMessageContaining("which this CLIP reads")
                .hasMessageEndingWith("; split it");
        assertThatThrownBy(() -> model.embed(EmbeddingRequest.builder()
                        .input(TextContent.from("a bus"), shown())
                        .build()))
                .hasMessage(
                        "expected one text or one picture in each input, as a CLIP embeds them apart, got 2 together");
        assertThatThrownBy(() -> model.embed(
                        EmbeddingRequest.builder().input("a bus").dimensions(3).build()))
                .isInstanceOf(UnsupportedFeatureException.class)
                .hasMessageContaining("dimensions");
    }
}

package org.zeuxis.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.content.Media;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.util.MimeTypeUtils;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
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
        model = ZeuxisEmbeddingModel.of("pictograms", core);
    }

    @AfterAll
    void close() {
        model.close();
        core.close();
    }

    @Test
    void textsAreEmbedded() {
        EmbeddingResponse response = model.embedForResponse(List.of("a red apple", "a bus"));
        List<float[]> expected = core.textVectors(List.of("a red apple", "a bus"));
        assertThat(response.getResults().get(0).getOutput()).isEqualTo(expected.get(0));
        assertThat(response.getResults().get(1).getOutput()).isEqualTo(expected.get(1));
        assertThat(response.getResults().get(1).getIndex()).isEqualTo(1);
        assertThat(response.getMetadata().getModel()).isEqualTo("pictograms");
        assertThat(response.getMetadata().getUsage().getPromptTokens())
                .isEqualTo(core.tokens("a red apple") + core.tokens("a bus"));
        assertThat(model.dimensions()).isEqualTo(core.width());
    }

    @Test
    void documentsHoldTextsOrPictures() {
        Media media = Media.builder()
                .mimeType(MimeTypeUtils.IMAGE_PNG)
                .data(ImageFile.png(PICTURE, PngText.NONE))
                .build();
        Document picture = new Document(media, Map.of());
        Document text = new Document("a bus");
        List<float[]> both = model.embed(List.of(picture, text), null, all -> List.of(all));
        float[] ofPicture = core.imageVectors(List.of(PICTURE)).get(0);
        assertThat(both).hasSize(2);
        assertThat(both.get(0)).isEqualTo(ofPicture).isEqualTo(model.embed(picture));
        assertThat(both.get(1)).isEqualTo(core.textVectors(List.of("a bus")).get(0));
    }

    @Test
    void whatCannotBeHonouredIsRefused() {
        refused(
                "expected " + core.width() + " dimensions, as pictograms has them, got 3; leave it out",
                EmbeddingOptions.builder().dimensions(3).build());
        refused(
                "expected the model pictograms, got ada; leave it out",
                EmbeddingOptions.builder().model("ada").build());
        assertThatThrownBy(() -> model.embed("a red apple ".repeat(20))).hasMessageContaining("which this CLIP reads");
    }

    private void refused(String message, EmbeddingOptions options) {
        assertThatThrownBy(() -> model.call(new EmbeddingRequest(List.of("a bus"), options)))
                .hasMessage(message);
    }
}

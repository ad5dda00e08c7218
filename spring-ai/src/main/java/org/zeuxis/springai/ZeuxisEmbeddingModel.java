package org.zeuxis.springai;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.content.Media;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.BatchingStrategy;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;
import org.zeuxis.hub.SharedModel;
import org.zeuxis.models.clip.ClipFolder;

/**
 * Embeds texts and pictures where a CLIP has them, side by side: a document with a picture lies near the words that say what it shows.
 *
 * <p>For any number of threads, of which one embeds at a time. The weights are read when they are first needed. A text that CLIP
 * cannot read whole is refused.
 */
public final class ZeuxisEmbeddingModel implements EmbeddingModel, AutoCloseable {
    private final SharedModel<ClipFolder> model;

    private ZeuxisEmbeddingModel(SharedModel<ClipFolder> model) {
        this.model = model;
    }

    /** Of {@code pictograms}, a folder, a file, or {@code organization/name} of the hub, which is downloaded when it is first used. */
    public static ZeuxisEmbeddingModel of(String name) {
        return new ZeuxisEmbeddingModel(SharedModel.named(name, ClipFolder.class));
    }

    /** Of a CLIP that is open, which whoever opened it closes. */
    public static ZeuxisEmbeddingModel of(String name, ClipFolder open) {
        return new ZeuxisEmbeddingModel(SharedModel.of(name, open));
    }

    @Override
    public EmbeddingResponse call(EmbeddingRequest request) {
        List<String> texts = request.getInstructions();
        return model.use(clip -> {
            expectHonoured(request.getOptions(), clip);
            List<Embedding> all = new ArrayList<>();
            for (float[] vector : clip.textVectors(texts)) all.add(new Embedding(vector, all.size()));
            int tokens = texts.stream().mapToInt(clip::tokens).sum();
            return new EmbeddingResponse(all, new EmbeddingResponseMetadata(model.name(), new DefaultUsage(tokens, 0)));
        });
    }

    private void expectHonoured(@Nullable EmbeddingOptions options, ClipFolder clip) {
        if (options == null) return;
        model.expectNamed(options.getModel());
        Integer dimensions = options.getDimensions();
        if (dimensions != null && dimensions != clip.width()) {
            throw new IllegalArgumentException("expected " + clip.width() + " dimensions, as " + model.name()
                    + " has them, got " + dimensions + "; leave it out");
        }
    }

    /** Of a document's text, or of its picture. */
    @Override
    public float[] embed(Document document) {
        return model.use(clip -> embedded(document, clip));
    }

    /** @param batches not asked, as one batch or many have the same vectors */
    @Override
    public List<float[]> embed(List<Document> documents, @Nullable EmbeddingOptions options, BatchingStrategy batches) {
        return model.use(clip -> {
            expectHonoured(options, clip);
            return documents.stream().map(each -> embedded(each, clip)).toList();
        });
    }

    private static float[] embedded(Document document, ClipFolder clip) {
        Media media = document.getMedia();
        if (media != null) return clip.imageVectors(List.of(Pictures.of(media))).get(0);
        String text = document.getText();
        return clip.textVectors(List.of(text == null ? "" : text)).get(0);
    }

    @Override
    public int dimensions() {
        return model.use(ClipFolder::width);
    }

    /** Gives the memory of the weights back, unless the model was given. */
    @Override
    public void close() {
        model.close();
    }
}

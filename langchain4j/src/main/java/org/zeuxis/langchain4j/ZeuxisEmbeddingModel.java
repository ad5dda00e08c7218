package org.zeuxis.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ContentType;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.zeuxis.hub.Models;
import org.zeuxis.hub.SharedModel;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.ClipFolder;

/**
 * Embeds texts and pictures where a CLIP has them, side by side: a picture lies near the words that say what it shows.
 *
 * <p>For any number of threads, of which one embeds at a time. The weights are read when they are first needed. A text that CLIP
 * cannot read whole is refused.
 */
public final class ZeuxisEmbeddingModel implements EmbeddingModel, AutoCloseable {
    private final SharedModel<ClipFolder> model;

    private ZeuxisEmbeddingModel(SharedModel<ClipFolder> model) {
        this.model = model;
    }

    /** Of the CLIP that ships, unless another is named. */
    public static Builder builder() {
        return new Builder();
    }

    /** Texts and pictures in any order; of one or the other in each input. */
    @Override
    public EmbeddingResponse doEmbed(EmbeddingRequest request) {
        List<String> texts = new ArrayList<>();
        List<Image> pictures = new ArrayList<>();
        for (EmbeddingInput input : request.inputs()) {
            Content content = only(input);
            if (content instanceof ImageContent picture) pictures.add(Pictures.of(picture.image()));
            else texts.add(((TextContent) content).text());
        }
        return model.use(clip -> {
            List<float[]> ofTexts = texts.isEmpty() ? List.of() : clip.textVectors(texts);
            List<float[]> ofPictures = pictures.isEmpty() ? List.of() : clip.imageVectors(pictures);
            List<Embedding> all = new ArrayList<>();
            int picture = 0;
            for (EmbeddingInput input : request.inputs()) {
                boolean shows = only(input) instanceof ImageContent;
                all.add(Embedding.from(shows ? ofPictures.get(picture++) : ofTexts.get(all.size() - picture)));
            }
            return EmbeddingResponse.builder()
                    .embeddings(all)
                    .modelName(model.name())
                    .tokenUsage(
                            new TokenUsage(texts.stream().mapToInt(clip::tokens).sum()))
                    .build();
        });
    }

    private static Content only(EmbeddingInput input) {
        if (input.contents().size() == 1) return input.contents().get(0);
        throw new IllegalArgumentException(
                "expected one text or one picture in each input, as a CLIP embeds them apart, got "
                        + input.contents().size() + " together");
    }

    @Override
    public Set<ContentType> supportedContentTypes() {
        return Set.of(ContentType.TEXT, ContentType.IMAGE);
    }

    @Override
    public int dimension() {
        return model.use(ClipFolder::width);
    }

    @Override
    public String modelName() {
        return model.name();
    }

    /** Gives the memory of the weights back, unless the model was given. */
    @Override
    public void close() {
        model.close();
    }

    /** Which CLIP it is. */
    public static final class Builder {
        private SharedModel<ClipFolder> model = SharedModel.named(Models.PICTOGRAMS, ClipFolder.class);

        private Builder() {}

        /** A name, a folder, a file, or {@code organization/name} of the hub, which is downloaded when it is first used. */
        public Builder model(String name) {
            model = SharedModel.named(name, ClipFolder.class);
            return this;
        }

        /** A model that is open, which whoever opened it closes. */
        public Builder model(String name, ClipFolder open) {
            model = SharedModel.of(name, open);
            return this;
        }

        public ZeuxisEmbeddingModel build() {
            return new ZeuxisEmbeddingModel(model);
        }
    }
}

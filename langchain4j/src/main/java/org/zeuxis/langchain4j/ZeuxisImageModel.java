package org.zeuxis.langchain4j;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.model.image.ImageModel;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.Response;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.zeuxis.hub.Models;
import org.zeuxis.hub.SharedModel;
import org.zeuxis.image.codec.EncodedPicture;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Source;
import org.zeuxis.models.TextToImage;

/**
 * Draws pictures of words, and draws pictures again: a Stable Diffusion, a DALL·E 2 or an Imagen. Pictures are PNGs in base64, with
 * their request inside.
 *
 * <p>For any number of threads, of which one draws at a time. The weights are read when the first picture is asked for.
 */
public final class ZeuxisImageModel implements ImageModel, AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SharedModel<TextToImage> model;
    private final ImageRequest usual;
    private final OptionalLong seed;
    private final OptionalDouble strength;

    private ZeuxisImageModel(Builder builder) {
        model = builder.model;
        usual = builder.request;
        seed = builder.seed;
        strength = builder.strength;
    }

    /** Of the model that ships, unless another is named. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Response<Image> generate(String prompt) {
        return first(generate(prompt, 1));
    }

    /** Pictures of consecutive seeds, which the metadata tells. */
    @Override
    public Response<List<Image>> generate(String prompt, int n) {
        return drawn(usual.withPrompt(prompt).withCount(n));
    }

    @Override
    public Response<Image> edit(Image image, String prompt) {
        return edited(image, null, prompt);
    }

    /** @param mask transparent where the picture is redrawn, or, of a picture without transparency, white */
    @Override
    public Response<Image> edit(Image image, Image mask, String prompt) {
        return edited(image, mask, prompt);
    }

    private Response<Image> edited(Image image, @Nullable Image mask, String prompt) {
        Source source = Source.transparent(Pictures.of(image), mask == null ? null : Pictures.of(mask), strength);
        return first(drawn(usual.withPrompt(prompt).from(source)));
    }

    private Response<List<Image>> drawn(ImageRequest request) {
        ImageRequest seeded = request.withSeed(seed.orElseGet(() -> RANDOM.nextInt(Integer.MAX_VALUE)));
        List<GeneratedImage> all = model.use(it -> it.generate(seeded));
        List<Image> pictures = all.stream().map(ZeuxisImageModel::encoded).toList();
        Map<String, Object> about = Map.of(
                "model", model.name(),
                "seeds", all.stream().map(GeneratedImage::seed).toList(),
                "cut", all.get(0).cut());
        return Response.from(pictures, null, FinishReason.STOP, about);
    }

    private static Image encoded(GeneratedImage each) {
        return Image.builder()
                .base64Data(EncodedPicture.png(each.image(), each.text()))
                .mimeType("image/png")
                .build();
    }

    private static Response<Image> first(Response<List<Image>> all) {
        return Response.from(all.content().get(0), all.tokenUsage(), all.finishReason(), all.metadata());
    }

    /** Gives the memory of the weights back, unless the model was given. */
    @Override
    public void close() {
        model.close();
    }

    /** What is left open is up to the model; the seed, to chance. */
    public static final class Builder {
        private SharedModel<TextToImage> model = SharedModel.named(Models.PICTOGRAMS, TextToImage.class);
        private ImageRequest request = ImageRequest.of("");
        private OptionalLong seed = OptionalLong.empty();
        private OptionalDouble strength = OptionalDouble.empty();

        private Builder() {}

        /** A name, a folder, a file, or {@code organization/name} of the hub, which is downloaded when it is first used. */
        public Builder model(String name) {
            model = SharedModel.named(name, TextToImage.class);
            return this;
        }

        /** A model that is open, which whoever opened it closes. */
        public Builder model(TextToImage open) {
            model = SharedModel.of(open.name(), open);
            return this;
        }

        /** Of the first picture; the same seed and prompt give the same picture. */
        public Builder seed(long number) {
            seed = OptionalLong.of(number);
            return this;
        }

        public Builder steps(int number) {
            request = request.withSteps(number);
            return this;
        }

        public Builder guidance(double scale) {
            request = request.withGuidance(scale);
            return this;
        }

        /** Its name, such as {@code dpm++2m-karras}. */
        public Builder sampler(String name) {
            request = request.withSampler(name);
            return this;
        }

        public Builder size(int width, int height) {
            request = request.withSize(width, height);
            return this;
        }

        public Builder negativePrompt(String text) {
            request = request.withNegative(text);
            return this;
        }

        /**
         * How much of a picture is redrawn that is edited.
         *
         * @param share 0 (none) to 1 (all); 1 under a mask and 0.75 without are usual
         */
        public Builder strength(double share) {
            strength = OptionalDouble.of(share);
            return this;
        }

        public ZeuxisImageModel build() {
            return new ZeuxisImageModel(this);
        }
    }
}

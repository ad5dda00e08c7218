package org.zeuxis.springai;

import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.content.Media;
import org.springframework.ai.image.Image;
import org.springframework.ai.image.ImageGeneration;
import org.springframework.ai.image.ImageMessage;
import org.springframework.ai.image.ImageModel;
import org.springframework.ai.image.ImagePrompt;
import org.springframework.ai.image.ImageResponse;
import org.zeuxis.hub.SharedModel;
import org.zeuxis.image.codec.EncodedPicture;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Source;
import org.zeuxis.models.TextToImage;

/**
 * Draws pictures of words: a Stable Diffusion, a DALL·E 2 or an Imagen. A message that brings a picture has it redrawn; of two, the
 * second is the mask of what is redrawn: transparent there, or, without transparency, white. Pictures are PNGs in base64, with their
 * request inside.
 *
 * <p>For any number of threads, of which one draws at a time. The weights are read when the first picture is asked for.
 */
public final class ZeuxisImageModel implements ImageModel, AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SharedModel<TextToImage> model;
    private final ZeuxisImageOptions usual;

    private ZeuxisImageModel(SharedModel<TextToImage> model, ZeuxisImageOptions usual) {
        this.model = model;
        this.usual = usual;
    }

    /**
     * Of {@code pictograms}, a folder, a file, or {@code organization/name} of the hub, which is downloaded when it is first used.
     *
     * @param usual what a prompt's options leave open
     */
    public static ZeuxisImageModel of(String name, ZeuxisImageOptions usual) {
        return new ZeuxisImageModel(SharedModel.named(name, TextToImage.class), usual);
    }

    /** Of a model that is open, which whoever opened it closes. */
    public static ZeuxisImageModel of(TextToImage open, ZeuxisImageOptions usual) {
        return new ZeuxisImageModel(SharedModel.of(open.name(), open), usual);
    }

    @Override
    public ImageResponse call(ImagePrompt prompt) {
        ZeuxisImageOptions said = ZeuxisImageOptions.of(prompt.getOptions());
        ZeuxisImageOptions options = said.or(usual);
        model.expectNamed(options.model());
        ImageMessage message = only(prompt.getInstructions());
        ImageRequest words = options.request(Objects.requireNonNullElse(message.getText(), ""));
        ImageRequest seeded = options.seed() == null ? words.withSeed(RANDOM.nextInt(Integer.MAX_VALUE)) : words;
        List<Media> media = message.getMedia();
        if (media.isEmpty() && said.strength() != null) {
            throw new IllegalArgumentException("expected a picture in the message, as there is a strength, got none");
        }
        Source source = source(media, options.strength());
        ImageRequest request = source == null ? seeded : seeded.from(source);
        List<GeneratedImage> all = model.use(it -> it.generate(request));
        return new ImageResponse(all.stream().map(ZeuxisImageModel::generation).toList());
    }

    private static ImageMessage only(List<ImageMessage> messages) {
        if (messages.size() != 1) {
            throw new IllegalArgumentException("expected one message, got " + messages.size()
                    + "; what a picture does not show is the option negativePrompt");
        }
        ImageMessage message = messages.get(0);
        Float weight = message.getWeight();
        if (weight == null || weight == 1) return message;
        throw new IllegalArgumentException(
                "expected a message without weight, got " + weight + "; write (words:1.3) in the prompt");
    }

    private static @Nullable Source source(List<Media> media, @Nullable Double strength) {
        OptionalDouble share = strength == null ? OptionalDouble.empty() : OptionalDouble.of(strength);
        return switch (media.size()) {
            case 0 -> null;
            case 1 -> Source.transparent(Pictures.of(media.get(0)), null, share);
            case 2 -> Source.transparent(Pictures.of(media.get(0)), Pictures.of(media.get(1)), share);
            default ->
                throw new IllegalArgumentException(
                        "expected a picture and a mask at most, got " + media.size() + " media");
        };
    }

    private static ImageGeneration generation(GeneratedImage each) {
        return new ImageGeneration(
                new Image(null, EncodedPicture.png(each.image(), each.text())),
                new DrawnPicture(each.seed(), each.cut()));
    }

    /** Gives the memory of the weights back, unless the model was given. */
    @Override
    public void close() {
        model.close();
    }
}

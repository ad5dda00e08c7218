package org.zeuxis.models.unclip;

import java.io.IOException;
import java.nio.file.Path;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.models.unclip.prior.EncodedText;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;

/**
 * What the decoder is told of a picture's embedding and of its caption: both are added to the timestep, and the image embedding
 * also becomes extra tokens in front of the caption's.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, section 2.1
 */
public final class ClipProjection extends Module {

    /**
     * @param embeddingWidth of CLIP's image and text embeddings, and the most of its text tower
     * @param timeWidth of the decoder's timestep embedding
     * @param tokenWidth of what the decoder attends to
     * @param extraTokens that the image embedding becomes; the paper's are four
     */
    public record Config(int embeddingWidth, int timeWidth, int tokenWidth, int extraTokens) {

        /** @throws org.zeuxis.config.ConfigException if the published configuration asks for what is not here */
        public static Config from(org.zeuxis.config.Config c) {
            c.expect("_class_name", "UnCLIPTextProjModel");
            Config config = new Config(
                    c.size("clip_embeddings_dim", 768, Size.WIDTH),
                    c.size("time_embed_dim", Size.WIDTH),
                    c.size("cross_attention_dim", Size.WIDTH),
                    c.size("clip_extra_context_tokens", 4, Size.TOKENS));
            c.refuseUnread(Bookkeeping.DIFFUSERS);
            return config;
        }

        /** As the {@code config.json} of diffusers' {@code UnCLIPTextProjModel}. */
        public ConfigWriter write() {
            return new ConfigWriter()
                    .put("_class_name", "UnCLIPTextProjModel")
                    .put("clip_embeddings_dim", embeddingWidth)
                    .put("clip_extra_context_tokens", extraTokens)
                    .put("cross_attention_dim", tokenWidth)
                    .put("time_embed_dim", timeWidth);
        }
    }

    private final Tensor noImage; // [embeddingWidth]
    private final Linear imageToTime;
    private final Linear textToTime;
    private final Linear imageToTokens;
    private final Linear states;
    private final LayerNorm statesNorm;
    private final Config config;

    public ClipProjection(Config c) {
        config = c;
        noImage = parameter("learned_classifier_free_guidance_embeddings", Initialization.zeros(), c.embeddingWidth);
        textToTime = child("embedding_proj", new Linear(c.embeddingWidth, c.timeWidth));
        imageToTime =
                child("clip_image_embeddings_project_to_time_embeddings", new Linear(c.embeddingWidth, c.timeWidth));
        imageToTokens =
                child("clip_extra_context_tokens_proj", new Linear(c.embeddingWidth, c.extraTokens * c.tokenWidth));
        states = child("encoder_hidden_states_proj", new Linear(c.embeddingWidth, c.tokenWidth));
        statesNorm = child("text_encoder_hidden_states_norm", new LayerNorm(c.tokenWidth));
    }

    /** Opens the {@code text_proj} of a published folder, in float32. */
    public static ClipProjection load(ModelFolder folder) throws IOException {
        return load(folder, DType.FLOAT32);
    }

    /** The same, to compute in {@code type}. */
    public static ClipProjection load(ModelFolder folder, DType type) throws IOException {
        return UnClipFolder.filled(folder, type, Config::from, ClipProjection::new);
    }

    public void save(Path folder) throws IOException {
        ModelFolder.save(folder, ModelFolder.Layout.DIFFUSERS, config.write(), parameters());
    }

    public Config config() {
        return config;
    }

    /** What stands for no image embedding, learned, [batch, embeddingWidth] in float32. */
    public Tensor noImage(long batch) {
        return noImage.to(DType.FLOAT32).unsqueeze(0).expand(batch, -1);
    }

    /**
     * @param image CLIP's embeddings of pictures, or {@link #noImage}, [batch, embeddingWidth]
     * @param text the captions, of which {@code ""} says nothing
     * @return in the type that this computes in
     */
    public Conditioning forward(Tensor image, EncodedText text) {
        image.expect("batch", config.embeddingWidth);
        DType type = noImage.dtype();
        Tensor seen = image.to(type);
        Tensor time = imageToTime
                .forward(seen)
                .plus(textToTime.forward(text.embedding().to(type)));
        // as published: the extra tokens lie side by side in the projection's result, number by number
        Tensor extra = imageToTokens.forward(seen).rearrange("b (d n) -> b n d", "n", config.extraTokens);
        Tensor words = statesNorm.forward(
                states.forward(text.states(config.embeddingWidth).to(type)));
        Tensor mayBeRead = Tensor.ones(image.size(0), config.extraTokens).to(DType.BOOL);
        return new Conditioning(time, Tensor.cat(1, extra, words), Tensor.cat(1, mayBeRead, text.mask()));
    }
}

package org.zeuxis.models;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.Golden;
import org.zeuxis.models.clip.Clip;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.models.clip.ProjectedVisionModel;
import org.zeuxis.models.latentdiffusion.DenoisingUNet;
import org.zeuxis.models.latentdiffusion.UNetConfig;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.models.latentdiffusion.autoencoder.LatentDistribution;
import org.zeuxis.nn.Activation;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.attention.PixelProjection;

/** Every network against its reference implementation, on tiny random weights. */
class ParityTest {
    private static final double TOLERANCE = 1e-4;

    @Test
    void autoencoderComputesWhatDiffusersDoes() throws IOException {
        try (Golden golden = Golden.open("autoencoder-kl.safetensors")) {
            JsonNode c = golden.config();
            List<Integer> channels = new ArrayList<>();
            c.get("block_out_channels").forEach(n -> channels.add(n.intValue()));
            AutoencoderKl autoencoder = golden.load(new AutoencoderKl(new AutoencoderKl.Config(
                    3,
                    c.get("latent_channels").intValue(),
                    channels,
                    c.get("layers_per_block").intValue(),
                    c.get("norm_num_groups").intValue(),
                    c.get("scaling_factor").doubleValue())));
            LatentDistribution latent = autoencoder.encode(golden.tensor("in.image"));
            golden.check("out.mean", latent.mean(), TOLERANCE);
            golden.check("out.logvar", latent.logVariance(), TOLERANCE);
            golden.check("out.sample", latent.sample(golden.tensor("in.noise")), TOLERANCE);
            golden.check("out.decoded", autoencoder.decode(golden.tensor("in.latent")), TOLERANCE);
            golden.check("out.reconstruction", autoencoder.decode(latent.mean()), TOLERANCE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"unet-sd1", "unet-sd2", "unet-small"})
    void uNetComputesWhatDiffusersDoes(String name) throws IOException {
        try (Golden golden = Golden.open(name + ".safetensors")) {
            DenoisingUNet unet = golden.load(new DenoisingUNet(unetConfig(golden.config())));
            Tensor context = golden.tensor("in.tokens");
            Tensor latent = golden.tensor("in.latent");
            golden.check("out.predicted", unet.forward(latent, golden.tensor("in.timesteps"), context), TOLERANCE);
            golden.check(
                    "out.one_timestep", unet.forward(latent, Tensor.of(new long[] {500, 500}, 2), context), TOLERANCE);
        }
    }

    private static UNetConfig unetConfig(JsonNode c) {
        List<UNetConfig.Level> levels = new ArrayList<>();
        for (int i = 0; i < c.get("block_out_channels").size(); i++) {
            JsonNode heads = c.get("attention_head_dim");
            levels.add(new UNetConfig.Level(
                    c.get("block_out_channels").get(i).intValue(),
                    heads.isArray() ? heads.get(i).intValue() : heads.intValue(),
                    c.get("down_block_types").get(i).asText().startsWith("CrossAttn")));
        }
        return new UNetConfig(
                4,
                4,
                levels,
                c.get("layers_per_block").intValue(),
                c.get("cross_attention_dim").intValue(),
                1,
                c.get("norm_num_groups").intValue(),
                c.get("use_linear_projection").booleanValue()
                        ? PixelProjection.Kind.LINEAR
                        : PixelProjection.Kind.CONVOLUTION);
    }

    @ParameterizedTest
    @ValueSource(strings = {"clip-quickgelu", "clip-gelu"})
    void clipComputesWhatTransformersDoes(String name) throws IOException {
        try (Golden golden = Golden.open(name + ".safetensors")) {
            Clip clip = golden.load(new Clip(clipConfig(golden.config())));
            Tensor ids = golden.tensor("in.tokens");
            Tensor states = clip.text().forward(ids);
            golden.check("out.text_last_hidden_state", states, TOLERANCE);
            golden.check("out.text_penultimate", clip.text().states(ids, 1), TOLERANCE);
            golden.check("out.text_pooled", clip.text().pooled(states, ids), TOLERANCE);
            Tensor texts = clip.embedText(ids);
            golden.check("out.text_embeds", texts, TOLERANCE);
            Tensor pixels = golden.tensor("in.pixels");
            ClipVisionModel vision = ((ProjectedVisionModel) clip.vision()).model();
            golden.check("out.vision_last_hidden_state", vision.forward(pixels), TOLERANCE);
            Tensor images = clip.embedImages(pixels);
            golden.check("out.image_embeds", images, TOLERANCE);
            golden.check("out.logits_per_image", clip.logits(images, texts), TOLERANCE);
        }
    }

    private static Clip.Config clipConfig(JsonNode c) {
        JsonNode t = c.get("text_config");
        JsonNode v = c.get("vision_config");
        return new Clip.Config(
                new ClipTextModel.Config(
                        t.get("vocab_size").intValue(),
                        t.get("max_position_embeddings").intValue(),
                        t.get("hidden_size").intValue(),
                        t.get("num_hidden_layers").intValue(),
                        t.get("num_attention_heads").intValue(),
                        t.get("intermediate_size").intValue(),
                        Activation.named(t.get("hidden_act").asText()),
                        t.get("eos_token_id").intValue()),
                new ClipVisionModel.Config(
                        v.get("image_size").intValue(),
                        v.get("patch_size").intValue(),
                        v.get("hidden_size").intValue(),
                        v.get("num_hidden_layers").intValue(),
                        v.get("num_attention_heads").intValue(),
                        v.get("intermediate_size").intValue(),
                        Activation.named(v.get("hidden_act").asText())),
                c.get("projection_dim").intValue());
    }
}

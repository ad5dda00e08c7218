package org.zeuxis.train.recipe.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.image.Image;
import org.zeuxis.image.Normalize;
import org.zeuxis.image.Resize;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Sampling;
import org.zeuxis.models.unclip.Decoding;
import org.zeuxis.models.unclip.UnClip;
import org.zeuxis.models.unclip.Upsampling;
import org.zeuxis.models.unclip.prior.EncodedText;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.recipe.TrainingRun;
import org.zeuxis.train.recipe.TrialRecipe;

/** The decoder and an upsampler from their recipes' files, over a tiny CLIP that a recipe trained. */
final class DrawingRecipesTest {
    private static final String DECODER = """
            "model": {"_class_name": "UNet2DConditionModel", "sample_size": 16, "in_channels": 3, "out_channels": 6,
             "block_out_channels": [8, 16], "down_block_types": ["ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"],
             "up_block_types": ["SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"],
             "mid_block_type": "UNetMidBlock2DSimpleCrossAttn", "attention_head_dim": 8, "cross_attention_dim": 12,
             "layers_per_block": 1, "norm_num_groups": 4, "resnet_time_scale_shift": "scale_shift",
             "class_embed_type": "identity"}""";
    private static final String UPSAMPLER = """
            "model": {"_class_name": "UNet2DModel", "sample_size": 32, "in_channels": 6, "out_channels": 3,
             "block_out_channels": [8, 16], "down_block_types": ["ResnetDownsampleBlock2D", "ResnetDownsampleBlock2D"],
             "up_block_types": ["ResnetUpsampleBlock2D", "ResnetUpsampleBlock2D"], "layers_per_block": 1,
             "norm_num_groups": 4, "resnet_time_scale_shift": "scale_shift", "add_attention": false}""";
    private static final String CLIP = """
            "model": {"projection_dim": 20, "text_config": {"vocab_size": 540, "max_position_embeddings": 16,
             "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32},
             "vision_config": {"image_size": 16, "patch_size": 8, "hidden_size": 16, "num_hidden_layers": 1,
             "num_attention_heads": 2, "intermediate_size": 32}}""";

    @TempDir
    private Path folder;

    private final List<Double> losses = new ArrayList<>();

    @BeforeEach
    void data() throws IOException {
        TrialRecipe.squares(folder.resolve("data"));
    }

    private String path(String name) {
        return folder.resolve(name).toString().replace('\\', '/');
    }

    private TrainingRun train(String name, String kind, int size, int steps, String rest, boolean resume)
            throws IOException {
        return train(name, kind, size, steps, rest, "\"checkpoint_every\": 2", resume);
    }

    private TrainingRun train(String name, String kind, int size, int steps, String rest, String course, boolean resume)
            throws IOException {
        String json = "{\"recipe\": \"" + kind + "\", \"run\": \"" + path(name) + "\", \"data\": {\"dataset\": \""
                + path("data") + "\", \"size\": " + size + "}, \"training\": {\"steps\": " + steps
                + ", \"batch\": 8, \"learning_rate\": 3e-3, \"warm_up\": 2, \"end\": 1, \"ema\": 0.5, "
                + course + "}, " + rest + "}";
        return TrialRecipe.run(folder, name, json, resume, losses);
    }

    private void clip() throws IOException {
        train("clip", "clip", 16, 2, CLIP, false);
    }

    private String overClip(String more) {
        return "\"clip\": \"" + path("clip/model") + "\", " + DECODER + more;
    }

    @Test
    void theDecoderLearnsAndDrawsOfPictures() throws IOException {
        clip();
        TrainingRun run = train("decoder", "unclip-decoder", 16, 60, overClip(""), false);
        assertThat(TrialRecipe.mean(losses.subList(50, 60))).isLessThan(0.8 * TrialRecipe.mean(losses.subList(0, 10)));
        try (UnClip model = UnClip.load(run.model(), DType.FLOAT32)) {
            Image source = new Image(16, 16, 3, new byte[768]);
            ImageRequest request =
                    ImageRequest.of("drawing a").with(new Sampling(3, 2, "")).from(source, 1);
            assertThat(model.generate(request).get(0).image().width()).isEqualTo(16);
            assertThat(model.decoding().projection().config().extraTokens()).isEqualTo(4);
            picturesComeBackFromTheirNoise(model);
        }
    }

    /** Section 3.1 of the paper: what DDIM inversion gives, the decoder draws into the picture again. */
    private void picturesComeBackFromTheirNoise(UnClip model) throws IOException {
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Image drawing = Image.of(ImageIO.read(folder.resolve("data/1.png").toFile()));
            Resize small = new Resize(16, 16, Resize.Filter.BICUBIC);
            Tensor x0 = Normalize.TO_ONE.apply(List.of(small.apply(drawing.over(255, 255, 255))));
            Tensor image = model.embedding(drawing);
            EncodedText text = model.captions().encode(List.of("drawing b"));
            Decoding decoding = model.decoding();
            double before = 0.02; // of pictures from −1 to 1
            for (int steps : new int[] {10, 25, 50}) {
                Tensor xT = decoding.invert(x0, image, text, steps, Progress.NONE);
                Tensor again = decoding.redecode(xT, image, text, steps, 0, Seed.of(1), Progress.NONE);
                double error = Math.sqrt(again.minus(x0).square().mean().item());
                assertThat(error).as(steps + " steps").isLessThan(before);
                before = error / 1.2;
                if (steps < 50) continue;
                assertThat(error).isLessThan(0.002);
                Tensor varied = decoding.redecode(xT, image, text, steps, 1, Seed.of(1), Progress.NONE);
                assertThat(varied.maxDifference(x0)).isGreaterThan(0.1);
            }
        }
    }

    @Test
    void aDecoderGoesOnFromOneOfSmallerPictures() throws IOException {
        clip();
        String small = overClip("").replace("\"sample_size\": 16", "\"sample_size\": 8");
        TrainingRun begun = train("small", "unclip-decoder", 8, 60, small, false);
        String from = "\"from\": \"" + path("small/model") + "\", ";
        train("large", "unclip-decoder", 16, 4, from + overClip(""), false);
        double goneOn = TrialRecipe.mean(losses);
        train("anew", "unclip-decoder", 16, 4, overClip(""), false);
        assertThat(goneOn).isLessThan(0.85 * TrialRecipe.mean(losses));
        String wider =
                from + overClip("").replace("\"block_out_channels\": [8, 16]", "\"block_out_channels\": [8, 24]");
        assertThatThrownBy(() -> train("wider", "unclip-decoder", 16, 4, wider, false))
                .hasMessageContaining(begun.model().resolve("decoder").toString())
                .hasMessageContaining("expected");
    }

    @Test
    void anUpsamplerGoesOnFromAnother() throws IOException {
        String blurred = "\"degradation\": \"blur\", " + UPSAMPLER;
        train("first", "unclip-upsampler", 32, 60, blurred, false);
        String from = "\"from\": \"" + path("first/model") + "\", ";
        String spoilt = blurred.replace("blur", "bsr");
        train("second", "unclip-upsampler", 32, 4, from + spoilt, false);
        double goneOn = TrialRecipe.mean(losses);
        train("anew", "unclip-upsampler", 32, 4, spoilt, false);
        assertThat(goneOn).isLessThan(0.85 * TrialRecipe.mean(losses));
        String wider = from + spoilt.replace("[8, 16]", "[8, 24]");
        assertThatThrownBy(() -> train("wider", "unclip-upsampler", 32, 4, wider, false))
                .hasMessageContaining(path("first/model"))
                .hasMessageContaining("as model says, got [");
    }

    /** GLIDE's editing: from a decoder that was trained without, in channels that change nothing at first. */
    @Test
    void aDecoderLearnsToLookAtWhatIsKnown() throws IOException {
        clip();
        TrainingRun plain = train("decoder", "unclip-decoder", 16, 4, overClip(""), false);
        String looking = ", \"inpainting\": true, \"from\": \"" + path("decoder/model") + "\"";
        TrainingRun run = train("looking", "unclip-decoder", 16, 60, overClip(looking), false);
        assertThat(TrialRecipe.mean(losses.subList(50, 60))).isLessThan(0.8 * TrialRecipe.mean(losses.subList(0, 10)));
        try (UnClip before = UnClip.load(plain.model(), DType.FLOAT32);
                UnClip model = UnClip.load(run.model(), DType.FLOAT32)) {
            assertThat(before.decoding().network().config().inpaints()).isFalse();
            assertThat(model.decoding().network().config().inpaints()).isTrue();
            Tensor weight = model.decoding().network().parameters().get("conv_in.weight");
            assertThat(weight).isNotNull();
            assertThat(weight.slice(1, 3, 7).abs().max()).isPositive();
            byte[] white = new byte[768];
            Arrays.fill(white, 0, 384, (byte) 255);
            ImageRequest request = ImageRequest.of("drawing a")
                    .with(new Sampling(3, 2, ""))
                    .from(new Image(16, 16, 3, new byte[768]), 1)
                    .mask(new Image(16, 16, 3, white));
            Image edited = model.generate(request).get(0).image();
            assertThat(edited.sample(3, 12, 0)).isZero();
        }
        // the same run in two goes on to the bit
        train("halved", "unclip-decoder", 16, 2, overClip(looking), false);
        train("halved", "unclip-decoder", 16, 4, overClip(looking), true);
        train("whole", "unclip-decoder", 16, 4, overClip(looking), false);
        try (UnClip halved = UnClip.load(folder.resolve("halved/model"), DType.FLOAT32);
                UnClip whole = UnClip.load(folder.resolve("whole/model"), DType.FLOAT32)) {
            Map<String, Tensor> all = whole.decoding().network().parameters();
            halved.decoding()
                    .network()
                    .parameters()
                    .forEach((key, weight) -> assertThat(weight.maxDifference(all.get(key)))
                            .as(key)
                            .isZero());
        }
    }

    @Test
    void anUpsamplerLearnsAndEnlarges() throws IOException {
        Map<String, String> kinds = Map.of("blur", "", "bsr", "", "whole", "\"crop\": 32, ");
        for (var kind : kinds.entrySet()) {
            String degradation = kind.getKey().replace("whole", "blur");
            String rest = "\"degradation\": \"" + degradation + "\", " + kind.getValue() + UPSAMPLER;
            TrainingRun run = train(kind.getKey(), "unclip-upsampler", 32, 60, rest, false);
            assertThat(TrialRecipe.mean(losses.subList(50, 60)))
                    .as(kind.getKey())
                    .isLessThan(0.8 * TrialRecipe.mean(losses.subList(0, 10)));
            try (Upsampling upsampling = Upsampling.load(run.model(), DType.FLOAT32)) {
                Image enlarged = upsampling.enlarged(new Image(8, 8, 3, new byte[192]), Seed.of(1));
                assertThat(enlarged.width()).isEqualTo(32);
            }
        }
    }

    @Test
    void theirSamplesAreDrawn() throws IOException {
        clip();
        String often = "\"checkpoint_every\": 2, \"samples_every\": 1e-6";
        train("decoder", "unclip-decoder", 16, 2, overClip(""), often, false);
        assertThat(folder.resolve("decoder/samples")).isNotEmptyDirectory();
        train("upsampler", "unclip-upsampler", 32, 2, "\"degradation\": \"blur\", " + UPSAMPLER, often, false);
        assertThat(folder.resolve("upsampler/samples")).isNotEmptyDirectory();
    }

    @Test
    void resumedTheyGoOnToTheBit() throws IOException {
        clip();
        String upsampler = "\"degradation\": \"bsr\", " + UPSAMPLER;
        for (String kind : List.of("unclip-decoder", "unclip-upsampler")) {
            boolean decoder = kind.endsWith("decoder");
            String rest = decoder ? overClip("") : upsampler;
            int size = decoder ? 16 : 32;
            TrainingRun whole = train(kind + "-whole", kind, size, 4, rest, false);
            train(kind + "-halved", kind, size, 2, rest, false);
            TrainingRun halved = train(kind + "-halved", kind, size, 4, rest, true);
            String weights = (decoder ? "decoder" : "super_res_first") + "/diffusion_pytorch_model.safetensors";
            assertThat(halved.model().resolve(weights))
                    .as(kind)
                    .hasSameBinaryContentAs(whole.model().resolve(weights));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "unclip-decoder | \"image_dropped\": 2, | expected image_dropped and text_dropped of 0 to 1, got 2.0 and 0.5",
                "unclip-decoder | \"extra_tokens\": 0, | extra_tokens",
                "unclip-upsampler | \"degradation\": \"rain\", | expected a degradation of blur or bsr, got rain",
                "unclip-upsampler | \"degradation\": \"bsr\", \"crop\": 33, | expected a crop of 2 to 32 pixels in multiples of 2, got 33",
                "unclip-upsampler | \"degradation\": \"bsr\", \"beta_schedule\": \"sigmoid\", | expected a beta_schedule of squaredcos_cap_v2 or linear, got sigmoid"
            })
    void whatARecipeCannotDoIsRefusedByName(String kind, String keys, String message) {
        boolean decoder = kind.equals("unclip-decoder");
        String rest = keys + (decoder ? "\"clip\": \"pictograms\", " + DECODER : UPSAMPLER);
        assertThatThrownBy(() -> train("refused", kind, decoder ? 16 : 32, 2, rest, false))
                .hasMessageContaining(message);
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        String decoder = "\"clip\": \"pictograms\", " + DECODER;
        assertThatThrownBy(() -> train("refused", "unclip-decoder", 32, 2, decoder, false))
                .hasMessageContaining("expected sample_size to be 32, got 16");
        String fixed = "\"clip\": \"pictograms\", " + DECODER.replace("\"out_channels\": 6", "\"out_channels\": 3");
        assertThatThrownBy(() -> train("refused", "unclip-decoder", 16, 2, fixed, false))
                .hasMessageContaining("expected out_channels of twice in_channels");
        String upsampler =
                "\"degradation\": \"blur\", " + UPSAMPLER.replace("\"sample_size\": 32", "\"sample_size\": 24");
        assertThatThrownBy(() -> train("refused", "unclip-upsampler", 24, 2, upsampler, false))
                .hasMessageContaining("expected a size in multiples of 16 pixels, got 24");
    }
}

package org.zeuxis.app.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.latentdiffusion.FileChoice;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.models.latentdiffusion.adapter.Adapters;
import org.zeuxis.models.latentdiffusion.adapter.Lora;
import org.zeuxis.tensor.DType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How a Stable Diffusion is opened that a command draws with, and what is put into it. */
public final class OpeningOptions {
    @Option(
            names = "--lora",
            paramLabel = "FILE[:WEIGHT]",
            converter = Reader.class,
            description =
                    "A LoRA of a Stable Diffusion 1.x or 2.x, merged into its weights, as in style.safetensors:0.8; may be"
                            + " given several times (default weight: 1).")
    private List<Lora> loras = List.of();

    @Option(
            names = "--embedding",
            paramLabel = "FILE",
            description =
                    "A word that was learned by textual inversion; may be given several times. A file of diffusers knows its"
                            + " word, any other is the word by its name without ending.")
    private List<Path> embeddings = List.of();

    @Mixin
    private LowMemoryOption memory = new LowMemoryOption();

    @Mixin
    private PredictionOption prediction = new PredictionOption();

    /** Whether nothing is put into it. */
    public boolean addsNothing() {
        return loras.isEmpty() && embeddings.isEmpty();
    }

    /** Opens the model that {@code --model} names with all of these, if there is memory for the largest request. */
    public TextToImage load(ModelLoader models, String model, DType type, ImageRequest request, CommandSpec spec)
            throws IOException {
        if (addsNothing() && !memory.lends() && prediction.said() == null)
            return models.load(model, type, request, spec);
        Path path = NamedModel.find("--model", model, TextToImage.class, spec).path();
        FileChoice choice = FileChoice.USUAL.predicting(prediction.said());
        Adapters adapters = new Adapters(loras, embeddings);
        LatentDiffusion.expectRoom(path, type, memory.lends(), request);
        return memory.lends()
                ? LatentDiffusion.lending(path, type, choice, adapters)
                : LatentDiffusion.load(path, type, choice, adapters);
    }

    /** Reads a file and how much of it is added. */
    static final class Reader implements ITypeConverter<Lora> {
        private static final Pattern WEIGHED = Pattern.compile("(.+):([+-]?[0-9]*\\.?[0-9]+)");

        @Override
        public Lora convert(String text) {
            Matcher m = WEIGHED.matcher(text);
            // a file may be called like that
            if (Files.exists(Path.of(text)) || !m.matches()) return Lora.of(Path.of(text));
            return new Lora(Path.of(m.group(1)), Double.parseDouble(m.group(2)));
        }
    }
}

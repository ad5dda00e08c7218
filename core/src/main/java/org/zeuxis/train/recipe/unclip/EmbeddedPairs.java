package org.zeuxis.train.recipe.unclip;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongConsumer;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.data.series.Batch;
import org.zeuxis.data.series.Batches;
import org.zeuxis.data.series.Example;
import org.zeuxis.data.series.Examples;
import org.zeuxis.data.series.ReadAhead;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.unclip.prior.CaptionEncoder;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Device;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * Pictures and their captions as a CLIP sees them: each once instead of at every step.
 *
 * @param images as the image tower's projection gives them, [count, width]
 * @param texts as the text tower's projection gives them, [count, width]
 * @param captions one for each
 */
public record EmbeddedPairs(Tensor images, Tensor texts, List<String> captions) {
    private static final int BATCH = 64;
    /** Below this cosine two embeddings of one caption are not those of one CLIP, whatever type it computes in. */
    private static final double SAME = 0.99;

    private static final String IMAGES = "images";
    private static final String TEXTS = "texts";

    public EmbeddedPairs {
        captions = List.copyOf(captions);
        texts.expect("", images.shape());
        if (images.size(0) != captions.size()) {
            throw new IllegalArgumentException(
                    "expected a caption for each of " + images.size(0) + " pictures, got " + captions.size());
        }
    }

    /**
     * Embeds the first {@code count} examples.
     *
     * @param done is told how many are embedded so far
     */
    public static EmbeddedPairs of(ClipFolder clip, Examples examples, int count, LongConsumer done)
            throws IOException {
        CaptionEncoder encoder =
                new CaptionEncoder(clip.tokenizer(), clip.clip().texts());
        List<Tensor> images = new ArrayList<>();
        List<Tensor> texts = new ArrayList<>();
        List<String> captions = new ArrayList<>();
        try (Gradients off = Gradients.off();
                Scope all = new Scope();
                ReadAhead<Batch> batches = new ReadAhead<>(new Batches(examples, BATCH)::at)) {
            for (int from = 0; from < count; from += BATCH) {
                List<Example> batch = batches.at(from / BATCH).examples();
                batch = batch.subList(0, Math.min(BATCH, count - from));
                List<String> said = batch.stream()
                        .map(e -> e.caption().replaceAll("\\R", " "))
                        .toList();
                try (Scope scope = new Scope()) {
                    Tensor pooled = clip.imageFeatures(
                            batch.stream().map(Example::image).toList());
                    Tensor seen = clip.clip().vision().project(pooled);
                    images.add(scope.keep(seen.to(DType.FLOAT32).contiguous()));
                    Tensor read = encoder.encode(said).embedding();
                    texts.add(scope.keep(read.to(DType.FLOAT32).contiguous()));
                }
                captions.addAll(said);
                done.accept(captions.size());
            }
            return new EmbeddedPairs(
                    Tensor.cat(0, images).outliving(), Tensor.cat(0, texts).outliving(), captions);
        }
    }

    /** @throws IOException if the first caption lies elsewhere in the space of {@code clip} than it was kept */
    private void expectOf(ClipFolder clip, Path folder) throws IOException {
        int width = clip.clip().config().width();
        String fix = "; name the CLIP that made them, or remove the folder to embed anew";
        if (texts.size(1) != width) {
            throw new IOException(
                    folder + ": expected embeddings " + width + " wide, as this CLIP's, got " + texts.size(1) + fix);
        }
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor read = new CaptionEncoder(clip.tokenizer(), clip.clip().texts())
                    .encode(captions.subList(0, 1))
                    .embedding()
                    .normalized(-1);
            double cosine =
                    read.times(texts.slice(0, 0, 1).normalized(-1)).sum().item();
            if (cosine > SAME) return;
            throw new IOException(String.format(
                    Locale.ROOT,
                    "%s: expected embeddings of this CLIP, got those of another, with a cosine of %.2f to its own%s",
                    folder,
                    cosine,
                    fix));
        }
    }

    /** These, if they were kept in {@code folder} before; else embedded, and kept there. */
    static EmbeddedPairs kept(Path folder, ClipFolder clip, Examples examples, int count, LongConsumer done)
            throws IOException {
        Path tensors = folder.resolve("embeddings.safetensors");
        Path captions = folder.resolve("captions.txt");
        if (Files.exists(tensors)) {
            try (Safetensors file = Safetensors.open(tensors)) {
                EmbeddedPairs pairs = new EmbeddedPairs(
                        file.tensor(IMAGES).to(Device.current()).copy().outliving(),
                        file.tensor(TEXTS).to(Device.current()).copy().outliving(),
                        Files.readAllLines(captions));
                pairs.expectOf(clip, folder);
                return pairs;
            }
        }
        EmbeddedPairs made = of(clip, examples, count, done);
        Files.createDirectories(folder);
        Files.write(captions, made.captions);
        SafetensorsWriter.write(tensors, Map.of(IMAGES, made.images, TEXTS, made.texts), Map.of());
        return made;
    }
}

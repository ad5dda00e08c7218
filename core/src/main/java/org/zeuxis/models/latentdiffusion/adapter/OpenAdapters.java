package org.zeuxis.models.latentdiffusion.adapter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.zeuxis.checkpoint.Change;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.models.AddedFile;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.adapter.LoraKey.Network;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.ClipTokenizer;

/** {@link Adapters} whose files are open: what they make of the parts of a model before these are loaded, in float32. */
public final class OpenAdapters implements AutoCloseable {
    private static final String TABLE = "embeddings.token_embedding.weight";

    private final List<LoraFile> loras = new ArrayList<>();
    private final List<Inversion> inversions = new ArrayList<>();
    private final List<AddedFile> added = new ArrayList<>();

    private OpenAdapters() {}

    static OpenAdapters of(Adapters adapters) throws IOException {
        OpenAdapters open = new OpenAdapters();
        try {
            for (Lora lora : adapters.loras()) {
                expectFile(lora.file());
                open.loras.add(LoraFile.open(lora));
                open.added.add(AddedFile.of(AddedFile.LORA, lora.file(), lora.weight()));
            }
            for (Path file : adapters.embeddings()) {
                expectFile(file);
                open.inversions.add(Inversion.read(file));
                open.added.add(AddedFile.of(AddedFile.EMBEDDING, file, 1));
            }
            return open;
        } catch (IOException | RuntimeException e) {
            open.close();
            throw e;
        }
    }

    private static void expectFile(Path file) throws IOException {
        if (ModelFolder.isFile(file)) return;
        throw new IOException(file + ": expected a file to put into the model, got none; check the path");
    }

    /** What the model is made of besides its own files. */
    public List<AddedFile> added() {
        return List.copyOf(added);
    }

    /**
     * With the words that were learned.
     *
     * @param text of the model without them
     * @throws IOException if a word is there already, in one line
     */
    public ClipTokenizer tokenizer(ClipTokenizer tokenizer, ClipTextModel.Config text) throws IOException {
        ClipTokenizer more = tokenizer;
        int id = text.vocabulary();
        for (Inversion inversion : inversions) {
            int count = (int) inversion.vectors().size(0);
            try {
                more = more.learning(inversion.word(), id, count);
            } catch (IllegalArgumentException e) {
                throw new IOException(inversion.file() + ": " + e.getMessage() + "; name the file otherwise", e);
            }
            id += count;
        }
        return more;
    }

    /** With room for the words that were learned. */
    public ClipTextModel.Config text(ClipTextModel.Config c) {
        int more = inversions.stream()
                .mapToInt(each -> (int) each.vectors().size(0))
                .sum();
        return new ClipTextModel.Config(
                c.vocabulary() + more,
                c.context(),
                c.width(),
                c.layers(),
                c.heads(),
                c.innerWidth(),
                c.activation(),
                c.endToken());
    }

    /**
     * The weights of the text encoder, changed when they are read.
     *
     * @throws IOException if something does not fit them, in one line
     */
    public StateDict text(StateDict weights) throws IOException {
        Map<String, Change> changes = changes(Network.TEXT, weights);
        long[] table = weights.shapes().get(TABLE);
        if (!inversions.isEmpty() && table != null) changes.put(TABLE, table(table));
        return weights.changing(changes);
    }

    private Change table(long[] shape) throws IOException {
        List<Tensor> rows = new ArrayList<>();
        long[] more = shape.clone();
        for (Inversion each : inversions) {
            long width = each.vectors().size(1);
            if (width != shape[1]) {
                throw new IOException(each.file() + ": expected vectors of " + shape[1]
                        + " numbers, as the model's text encoder has, got " + width + of(width)
                        + "; choose one of this model");
            }
            rows.add(each.vectors());
            more[0] += each.vectors().size(0);
        }
        return new Change(more, stored -> {
            List<Tensor> all = new ArrayList<>(List.of(stored));
            all.addAll(rows);
            return Tensor.cat(0, all);
        });
    }

    private static String of(long width) {
        return switch ((int) width) {
            case 768 -> ", as Stable Diffusion 1 has";
            case 1024 -> ", as Stable Diffusion 2 has";
            default -> "";
        };
    }

    /** The same of the U-Net. */
    public StateDict unet(StateDict weights) throws IOException {
        return weights.changing(changes(Network.UNET, weights));
    }

    private Map<String, Change> changes(Network network, StateDict weights) throws IOException {
        Map<String, List<LoraLayer>> layers = new LinkedHashMap<>();
        Map<String, long[]> shapes = weights.shapes();
        for (LoraFile lora : loras) {
            lora.fitted(network, shapes)
                    .forEach((key, layer) -> layers.computeIfAbsent(key, none -> new ArrayList<>())
                            .add(layer));
        }
        Map<String, Change> changes = new LinkedHashMap<>();
        layers.forEach((key, all) -> changes.put(key, new Change(Objects.requireNonNull(shapes.get(key)), stored -> {
            Tensor sum = stored;
            for (LoraLayer layer : all) sum = layer.addedTo(sum);
            return sum;
        })));
        return changes;
    }

    /** Once the model has its weights, the files are not needed any more. */
    @Override
    public void close() {
        loras.forEach(LoraFile::close);
    }
}

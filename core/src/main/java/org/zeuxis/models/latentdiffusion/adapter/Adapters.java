package org.zeuxis.models.latentdiffusion.adapter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is put into a model when it is opened.
 *
 * @param loras all of them are added up
 * @param embeddings files of words that were learned by textual inversion
 */
public record Adapters(List<Lora> loras, List<Path> embeddings) {
    public static final Adapters NONE = new Adapters(List.of(), List.of());

    public Adapters {
        loras = List.copyOf(loras);
        embeddings = List.copyOf(embeddings);
    }

    public boolean isEmpty() {
        return loras.isEmpty() && embeddings.isEmpty();
    }

    /** These and one more. */
    public Adapters with(Lora lora) {
        List<Lora> more = new ArrayList<>(loras);
        more.add(lora);
        return new Adapters(more, embeddings);
    }

    /** These and a word that was learned by textual inversion. */
    public Adapters withEmbedding(Path file) {
        List<Path> more = new ArrayList<>(embeddings);
        more.add(file);
        return new Adapters(loras, more);
    }

    /** @throws IOException if one of the files is not what it is named as, in one line */
    public OpenAdapters open() throws IOException {
        return OpenAdapters.of(this);
    }
}

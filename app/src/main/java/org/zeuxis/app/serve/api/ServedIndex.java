package org.zeuxis.app.serve.api;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.search.PictureSearch;
import org.zeuxis.app.search.PictureSearch.Hit;
import org.zeuxis.app.search.SearchClip;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.ClipFolder;

/** The index of pictures that callers may search; it is read anew for each search, as it may grow meanwhile. */
public final class ServedIndex {
    private final Path folder;
    private final String clip;
    private final OpenModels.Finding finding;
    private @Nullable SearchClip known; // to the thread that computes

    private ServedIndex(Path folder, String clip, OpenModels.Finding finding) {
        this.folder = folder;
        this.clip = clip;
        this.finding = finding;
    }

    /** @throws IOException if there is no index that can be read, or nothing in it, in one line */
    public static ServedIndex of(Path folder, OpenModels.Finding finding) throws IOException {
        try (PictureSearch search = PictureSearch.open(folder)) {
            if (search.vectors() == 0) {
                throw new IOException(folder + ": expected pictures in the index, got none; run 'zeuxis search index "
                        + search.mark().root() + " --into " + folder + "'");
            }
            return new ServedIndex(folder, search.mark().clip(), finding);
        }
    }

    /** What is nearest, and below which folder it lies. */
    public record Nearest(Path root, List<Hit> hits) {}

    /** The name of the CLIP that made it, and searches it. */
    public String clip() {
        return clip;
    }

    /** How many pictures can be found. */
    public long pictures() throws IOException {
        try (PictureSearch search = PictureSearch.open(folder)) {
            return search.vectors();
        }
    }

    /**
     * The pictures nearest to a picture, or else to a text.
     *
     * @throws IOException if {@code model} is not the one that made the index
     */
    public Nearest nearest(ClipFolder model, @Nullable Image picture, String text, int count) throws IOException {
        SearchClip own = known;
        if (own == null || own.model() != model) own = SearchClip.of(finding.find(clip, ClipFolder.class), model);
        known = own;
        try (PictureSearch search = PictureSearch.open(folder)) {
            search.mark().expect(folder, own);
            float[] wanted = picture == null ? own.embedText(text) : own.embedImages(List.of(picture))[0];
            return new Nearest(Path.of(search.mark().root()), search.nearest(wanted, count));
        }
    }
}

package org.zeuxis.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.search.IndexMark;
import org.zeuxis.app.search.SearchClip;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.models.clip.ClipFolder;
import picocli.CommandLine.Option;

/** The CLIP of a search: the one that is named, else the one that made the index. */
final class ClipChoice {
    @Option(
            names = "--clip",
            paramLabel = "NAME|FOLDER",
            description = "pictograms, or the folder of a CLIP as transformers saves it"
                    + " (default: the one that made the index, else pictograms).")
    private @Nullable String clip;

    /** @param mark of the index; null if there is none yet */
    SearchClip open(Path index, @Nullable IndexMark mark) throws IOException {
        SearchClip opened = open(clip != null ? clip : mark != null ? mark.clip() : ModelLoader.PICTOGRAMS);
        if (mark != null) mark.expect(index, opened);
        return opened;
    }

    private static SearchClip open(String name) throws IOException {
        if (name.equals(ModelLoader.PICTOGRAMS)) {
            Path folder = ModelFolder.onClassPath(ClipFolder.class, "/org/zeuxis/pictograms/clip")
                    .path();
            return SearchClip.open(name, folder);
        }
        Path folder = Path.of(name);
        String known = Files.isDirectory(folder) ? folder.toRealPath().toString() : name;
        return SearchClip.open(known, folder);
    }
}

package org.zeuxis.app.search.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.ClipOption;
import org.zeuxis.app.option.ModelLoader;
import org.zeuxis.app.search.IndexMark;
import org.zeuxis.app.search.SearchClip;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The CLIP of a search: the one that is named, else the one that made the index. */
final class ClipChoice {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClipOption option = new ClipOption();

    /** @param mark of the index; null if there is none yet */
    SearchClip open(Path index, @Nullable IndexMark mark) throws IOException {
        String name = option.name(mark == null ? ModelLoader.PICTOGRAMS : mark.clip());
        Path path = option.path(name, spec);
        boolean local = !name.equals(ModelLoader.PICTOGRAMS) && path.equals(Path.of(name)) && Files.exists(path);
        SearchClip opened = SearchClip.open(local ? path.toRealPath().toString() : name, path);
        if (mark != null) mark.expect(index, opened);
        return opened;
    }
}

package org.zeuxis.app.search.command;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.ClipOption;
import org.zeuxis.app.search.IndexMark;
import org.zeuxis.app.search.SearchClip;
import org.zeuxis.hub.Models;
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
        SearchClip opened = SearchClip.open(
                option.find(option.name(mark == null ? Models.PICTOGRAMS : mark.clip()), spec), option.type());
        if (mark != null) mark.expect(index, opened);
        return opened;
    }
}

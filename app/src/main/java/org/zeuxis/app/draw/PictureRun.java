package org.zeuxis.app.draw;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.terminal.StepBar;
import org.zeuxis.image.Image;
import org.zeuxis.image.ImageGrid;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.Events;
import org.zeuxis.models.FlaggedConcept;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Provenance;
import org.zeuxis.models.Safety;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Pictures drawn one after the other, each written as soon as it is there, or all into one file in the end.
 *
 * @param files as many as pictures, or one
 * @param grid how they lie in that one; null if each has its own
 * @param preview where each is shown while it grows; null if nowhere
 */
record PictureRun(
        CommandSpec spec,
        List<Path> files,
        @Nullable ImageGrid grid,
        @Nullable PreviewFile preview) {

    PictureRun(CommandSpec spec, List<Path> files, @Nullable ImageGrid grid) {
        this(spec, files, grid, null);
    }

    /** What is drawn. */
    @FunctionalInterface
    interface Pictures {
        GeneratedImage at(int i, Events events);
    }

    /** @throws ParameterException if the model cannot do what is asked */
    void draw(int count, Pictures all) throws IOException {
        List<GeneratedImage> pictures = new ArrayList<>();
        long start = System.nanoTime();
        try (StepBar bar = StepBar.onTerminal(count);
                PreviewFile shown = preview) {
            Events events = shown == null ? bar : shown.after(bar);
            for (int i = 0; i < count; i++) {
                long began = System.nanoTime();
                GeneratedImage picture = all.at(i, events);
                pictures.add(picture);
                tellFlagged(picture, bar);
                if (grid != null) continue;
                ImageFile.write(files.get(i), picture.image(), picture.text());
                bar.erase();
                print(files.get(i), "seed " + picture.seed(), began);
            }
            if (grid != null) writeGrid(grid, pictures, start);
        } catch (CancellationException e) {
            if (grid != null && !pictures.isEmpty()) writeGrid(grid, pictures, start);
            throw new CancellationException("stopped; " + pictures.size() + " of " + count + " pictures are written");
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (IllegalArgumentException e) {
            // the model says what of the request it cannot do
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        String cut = pictures.get(0).cut();
        if (!cut.isEmpty()) warn("the prompt is longer than the model reads; left out: " + cut);
    }

    private void tellFlagged(GeneratedImage picture, StepBar bar) {
        if (picture.flagged().isEmpty()) return;
        bar.erase();
        warn("the safety checker flagged the picture of seed " + picture.seed() + ": " + said(picture.flagged())
                + (picture.request().safety() == Safety.BLANK ? "; it is left black" : ""));
    }

    private static String said(List<FlaggedConcept> flagged) {
        return flagged.stream().map(FlaggedConcept::toString).collect(Collectors.joining(", "));
    }

    void warn(String message) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(spec.qualifiedName() + ": " + message);
        err.flush();
    }

    private void writeGrid(ImageGrid grid, List<GeneratedImage> pictures, long start) throws IOException {
        GeneratedImage first = pictures.get(0);
        Image sheet = grid.draw(pictures.stream().map(GeneratedImage::image).toList());
        ImageRequest all = first.request().withCount(pictures.size());
        Provenance made = Provenance.together(pictures.stream()
                .map(GeneratedImage::provenance)
                .filter(Objects::nonNull)
                .toList());
        List<FlaggedConcept> flagged =
                pictures.stream().flatMap(each -> each.flagged().stream()).toList();
        GeneratedImage whole =
                new GeneratedImage(sheet, all, first.model(), first.dtype(), first.cut(), made, first.added(), flagged);
        ImageFile.write(files.get(0), sheet, whole.text());
        long last = pictures.get(pictures.size() - 1).seed();
        String seeds = first.seed() == last ? "seed " + last : "seeds " + first.seed() + " to " + last;
        print(files.get(0), seeds, start);
    }

    private void print(Path file, String seeds, long began) {
        PrintWriter out = spec.commandLine().getOut();
        double seconds = (System.nanoTime() - began) / 1e9;
        out.println(String.format(Locale.ROOT, "%s (%s, %.1f s)", file, seeds, seconds));
        out.flush();
    }
}

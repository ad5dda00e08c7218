package org.zeuxis.app.serve.api;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeuxis.diffusion.schedule.TimestepPreset;
import org.zeuxis.diffusion.scheduler.SamplerNames;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.imagen.Imagen;
import org.zeuxis.models.latentdiffusion.LatentUpscaler;
import org.zeuxis.models.unclip.UnClip;
import org.zeuxis.models.unclip.UnClipParts;

/**
 * What a served model can do, told before its weights are read.
 *
 * @param samplers by name, to each of which a spacing such as {@code -karras} may be added; none if it does not draw
 * @param sizes pixels of the longer side that it enlarges to; none if that is not for the caller to choose
 */
public record Abilities(Set<Task> tasks, List<String> samplers, List<Integer> sizes) {
    private static final Logger LOG = LoggerFactory.getLogger(Abilities.class);

    public Abilities {
        EnumSet<Task> copy = EnumSet.noneOf(Task.class);
        copy.addAll(tasks);
        tasks = Collections.unmodifiableSet(copy);
        samplers = List.copyOf(samplers);
        sizes = List.copyOf(sizes);
    }

    /** Of the model of this name; none, which is logged, if there is no such model after all. */
    public static Abilities of(String name, OpenModels.Finding finding) {
        Abilities all = new Abilities(Set.of(), List.of(), List.of());
        try {
            for (Class<? extends AutoCloseable> kind : finding.kinds(name)) {
                all = all.and(of(kind, finding.find(name, kind).path()));
            }
        } catch (IOException e) {
            LOG.warn("{} can do nothing: {}", name, e.getMessage());
        }
        return all;
    }

    private static Abilities of(Class<?> kind, Path path) throws IOException {
        if (kind == ClipFolder.class) return able(Task.EMBEDDINGS, Task.CLASSIFY);
        if (kind == FlamingoFolder.class) return able(Task.CHAT);
        if (kind == LatentUpscaler.class) return drawing(SamplerNames.all(), Task.UPSCALE);
        if (kind == UnClip.class) return of(UnClipParts.of(path));
        if (!TextToImage.class.isAssignableFrom(kind)) return able();
        List<String> samplers = SamplerNames.all();
        if (kind == Imagen.class) {
            samplers = Stream.concat(
                            samplers.stream(),
                            Arrays.stream(TimestepPreset.values())
                                    .map(preset -> preset.name().toLowerCase(Locale.ROOT)))
                    .toList();
        }
        return drawing(samplers, Task.GENERATIONS, Task.EDITS, Task.VARIATIONS);
    }

    private static Abilities of(UnClipParts parts) {
        EnumSet<Task> tasks = EnumSet.noneOf(Task.class);
        if (parts.prior()) tasks.add(Task.GENERATIONS);
        if (parts.imageEncoder()) tasks.addAll(List.of(Task.VARIATIONS, Task.BLEND));
        if (parts.prior() && parts.imageEncoder()) tasks.add(Task.EDITS);
        if (!parts.upsamplings().isEmpty()) tasks.add(Task.UPSCALE);
        return new Abilities(tasks, SamplerNames.all(), parts.upsamplings());
    }

    private static Abilities able(Task... tasks) {
        return drawing(List.of(), tasks);
    }

    private static Abilities drawing(List<String> samplers, Task... tasks) {
        return new Abilities(Set.of(tasks), samplers, List.of());
    }

    private Abilities and(Abilities more) {
        EnumSet<Task> both = EnumSet.noneOf(Task.class);
        both.addAll(tasks);
        both.addAll(more.tasks);
        return new Abilities(
                both,
                Stream.concat(samplers.stream(), more.samplers.stream())
                        .distinct()
                        .toList(),
                Stream.concat(sizes.stream(), more.sizes.stream()).distinct().toList());
    }
}

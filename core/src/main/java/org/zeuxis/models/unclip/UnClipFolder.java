package org.zeuxis.models.unclip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.models.clip.ProjectedVisionModel;
import org.zeuxis.models.unclip.prior.Prior;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;

/**
 * The folder layout of diffusers' {@code UnCLIPPipeline} and {@code UnCLIPImageVariationPipeline}, read and written. What makes
 * 1024 pixels of 256 lies beside, in {@code super_res_1024}, of which diffusers knows nothing.
 */
final class UnClipFolder {
    private static final String FROM_WORDS = "UnCLIPPipeline";
    private static final String FROM_PICTURES = "UnCLIPImageVariationPipeline";
    private static final String FIRST = "super_res_first";
    private static final String LAST = "super_res_last";
    private static final String LARGE = "super_res_1024";
    private static final String SCHEDULER_FILE = "scheduler_config.json";

    private UnClipFolder() {}

    static UnClip load(ModelFolder folder, DType type) throws IOException {
        return ModelFolder.opened(folder.path(), () -> opened(folder, type));
    }

    private static UnClip opened(ModelFolder folder, DType type) throws IOException {
        Map<String, String> components = components(folder);
        boolean fromPictures = folder.className().equals(FROM_PICTURES);
        ClipHalves clip = ClipHalves.load(folder, components.containsKey("image_encoder") || fromPictures, type);
        return new UnClip(
                folder.name(),
                clip.captions(),
                Prior.all(folder, type),
                new Decoding(
                        ClipProjection.load(folder.component("text_proj"), type),
                        Decoder.load(folder.component("decoder"), type),
                        scheduler(folder, components, "decoder_scheduler")),
                upsamplings(folder, components, type),
                clip.images());
    }

    /** What it holds, of which no weights are read. */
    static UnClipParts parts(ModelFolder folder) throws IOException {
        Map<String, String> components = components(folder);
        List<Integer> sizes = new ArrayList<>();
        for (String upsampler : List.of(FIRST, LARGE)) {
            if (!components.containsKey(upsampler)) continue;
            sizes.add(folder.component(upsampler).config().sameSize("sample_size", 256, Size.PIXELS));
        }
        boolean fromPictures = folder.className().equals(FROM_PICTURES);
        return new UnClipParts(components.containsKey("prior"), ClipHalves.see(folder) || fromPictures, sizes);
    }

    private static Map<String, String> components(ModelFolder folder) throws IOException {
        String type = folder.isPipeline() ? folder.className() : "no model_index.json";
        if (type.equals(FROM_WORDS) || type.equals(FROM_PICTURES)) return folder.components();
        throw new IOException(
                folder.path() + ": expected the folder of a " + FROM_WORDS + " or " + FROM_PICTURES + ", got " + type);
    }

    private static List<Upsampling> upsamplings(ModelFolder folder, Map<String, String> components, DType type)
            throws IOException {
        List<Upsampling> all = new ArrayList<>();
        if (components.containsKey(FIRST)) all.add(first(folder, components, type));
        if (components.containsKey(LARGE)) {
            Upsampler network = Upsampler.load(folder.component(LARGE), type);
            all.add(new Upsampling(network, null, scheduler(folder, components, LARGE + "_scheduler"), 4));
        }
        return all;
    }

    private static Upsampling first(ModelFolder folder, Map<String, String> components, DType type) throws IOException {
        Upsampler network = Upsampler.load(folder.component(FIRST), type);
        @Nullable Upsampler last = components.containsKey(LAST) ? Upsampler.load(folder.component(LAST), type) : null;
        int size = network.config().size();
        int drawn = components.containsKey("decoder")
                ? Decoder.Config.from(folder.component("decoder").config()).size()
                : size / 4;
        if (size % drawn != 0) {
            throw new IOException(folder.path() + ": expected a sample_size of " + FIRST
                    + " in multiples of the decoder's, " + drawn + ", got " + size);
        }
        return new Upsampling(network, last, scheduler(folder, components, "super_res_scheduler"), size / drawn);
    }

    /** What {@link #saveUpsampling} wrote. */
    static Upsampling upsampling(ModelFolder folder, DType type) throws IOException {
        return ModelFolder.opened(folder.path(), () -> {
            List<Upsampling> all = upsamplings(folder, components(folder), type);
            if (all.size() == 1) return all.get(0);
            throw new IOException(folder.path() + ": expected one of " + FIRST + " and " + LARGE + ", got "
                    + (all.isEmpty() ? "neither" : "both"));
        });
    }

    private static SchedulerConfig scheduler(ModelFolder folder, Map<String, String> components, String name)
            throws IOException {
        Config file = folder.component(name).config(SCHEDULER_FILE);
        String named = components.get(name);
        return SchedulerConfig.from(named == null ? file.text("_class_name") : named, file);
    }

    /** Opens one component: all of its configuration honoured, all of its weights used. */
    static <C, M extends Module> M filled(ModelFolder folder, DType type, Function<Config, C> read, Function<C, M> make)
            throws IOException {
        return ModelFolder.opened(folder.path(), () -> {
            C config = read.apply(folder.config());
            try (Weights weights = folder.weights()) {
                StateDict state = StateDict.of(weights).as(type);
                M module = state.sized(() -> make.apply(config));
                state.loadInto(module);
                return module;
            }
        });
    }

    static void save(UnClip model, Path folder) throws IOException {
        Map<String, List<@Nullable Object>> index = index();
        new ClipHalves(model.captions(), model.images()).save(folder, index);
        saveParts(model, folder, index);
        ImageEncoder images = model.images();
        boolean fromPictures =
                model.priors().isEmpty() && images != null && images.tower() instanceof ProjectedVisionModel;
        saveIndex(folder, fromPictures ? FROM_PICTURES : FROM_WORDS, index, new ConfigWriter());
    }

    static void saveOverShippedClip(UnClip model, Path folder) throws IOException {
        ConfigWriter over = new ClipHalves(model.captions(), model.images()).elsewhere();
        Map<String, List<@Nullable Object>> index = index();
        saveParts(model, folder, index);
        saveIndex(folder, FROM_WORDS, index, over);
    }

    private static void saveParts(UnClip model, Path folder, Map<String, List<@Nullable Object>> index)
            throws IOException {
        model.decoding().projection().save(folder.resolve("text_proj"));
        index.put("text_proj", List.of("diffusers", "UnCLIPTextProjModel"));
        model.decoding().network().save(folder.resolve("decoder"));
        index.put("decoder", List.of("diffusers", "UNet2DConditionModel"));
        save(model.decoding().scheduler(), folder, "decoder_scheduler", index);
        Prior.save(model.priors(), folder);
        Prior.components(model.priors()).forEach((name, of) -> index.put(name, List.copyOf(of)));
        for (Upsampling upsampling : model.upsamplings()) save(upsampling, folder, index);
    }

    static void saveUpsampling(Upsampling upsampling, Path folder) throws IOException {
        Map<String, List<@Nullable Object>> index = index();
        save(upsampling, folder, index);
        saveIndex(folder, FROM_WORDS, index, new ConfigWriter());
    }

    /** All parts that diffusers expects, none of them there yet. */
    private static Map<String, List<@Nullable Object>> index() {
        Map<String, List<@Nullable Object>> index = new TreeMap<>();
        for (String part : List.of(
                "decoder",
                "decoder_scheduler",
                "prior",
                "prior_scheduler",
                FIRST,
                LAST,
                "super_res_scheduler",
                "text_encoder",
                "text_proj",
                "tokenizer")) {
            index.put(part, Collections.nCopies(2, null));
        }
        return index;
    }

    private static void save(Upsampling upsampling, Path folder, Map<String, List<@Nullable Object>> index)
            throws IOException {
        boolean large = upsampling.size() > 512;
        String name = large ? LARGE : FIRST;
        List<@Nullable Object> there = index.get(name);
        if (there != null && there.get(0) != null) {
            throw new IOException("expected one upsampler to " + (large ? "more than" : "at most")
                    + " 512 pixels, got another; leave one out");
        }
        upsampling.network().save(folder.resolve(name));
        index.put(name, List.of("diffusers", "UNet2DModel"));
        save(upsampling.scheduler(), folder, large ? LARGE + "_scheduler" : "super_res_scheduler", index);
        Upsampler last = upsampling.last();
        if (last == null) return;
        last.save(folder.resolve(LAST));
        index.put(LAST, List.of("diffusers", "UNet2DModel"));
    }

    private static void save(
            SchedulerConfig scheduler, Path folder, String name, Map<String, List<@Nullable Object>> index)
            throws IOException {
        scheduler.write().write(folder.resolve(name).resolve(SCHEDULER_FILE));
        index.put(name, List.of("diffusers", scheduler.className()));
    }

    private static void saveIndex(
            Path folder, String className, Map<String, List<@Nullable Object>> index, ConfigWriter more)
            throws IOException {
        ConfigWriter writer = more.put("_class_name", className);
        index.forEach(writer::put);
        ModelFolder.saveIndex(folder, writer);
    }
}

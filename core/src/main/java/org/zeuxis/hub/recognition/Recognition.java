package org.zeuxis.hub.recognition;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.config.Config;
import org.zeuxis.text.Words;

/**
 * What a folder or a file is: told by its configuration or, of a single file, by its keys. No weights are read for it.
 *
 * @param form how it is kept
 * @param type a class of diffusers, a {@code model_type} of transformers, or of a file the name in {@link FileKeys}; empty for what is not known
 * @param words for people, such as "a Stable Diffusion XL pipeline"
 */
public record Recognition(Form form, String type, String words) {
    private static final String OPEN_CLIP = "open_clip_config.json";
    /** The type of a folder of Karlo's own checkpoints. */
    public static final String KARLO = "karlo";

    /** The type of a folder that says over which models a checkpoint of OpenFlamingo stands. */
    public static final String OPEN_FLAMINGO = "open_flamingo";

    private static final String ADAPTER = "adapter_config.json";

    /** How a model is kept. */
    public enum Form {
        /** A folder with {@code model_index.json} and a folder for each part. */
        PIPELINE,
        /** A folder with {@code config.json}. */
        MODEL,
        /** A folder with {@code open_clip_config.json}. */
        OPEN_CLIP,
        /** Weights in one file. */
        FILE,
        /** None of these. */
        UNKNOWN
    }

    /**
     * Looks at {@code path}.
     *
     * @throws IOException if there is nothing, or it cannot be read
     */
    public static Recognition of(Path path) throws IOException {
        return Files.isRegularFile(path) ? FileKeys.recognize(path) : folder(ModelFolder.open(path));
    }

    private static Recognition folder(ModelFolder folder) throws IOException {
        if (folder.isPipeline()) return named(Form.PIPELINE, text(folder.index(), "_class_name"));
        if (folder.has(OPEN_FLAMINGO + ".json")) return new Recognition(Form.MODEL, OPEN_FLAMINGO, "an OpenFlamingo");
        Config c = folder.has("config.json") ? folder.config() : null;
        // beside open_clip's there may be timm's config.json of the image tower alone
        if (folder.has(OPEN_CLIP) && (c == null || !c.has("model_type"))) {
            return new Recognition(Form.OPEN_CLIP, "open_clip", "a CLIP of open_clip");
        }
        if (c != null) return model(c);
        if (holdsKarlo(folder)) return new Recognition(Form.MODEL, KARLO, "Karlo as it was released");
        if (folder.has(ADAPTER)) return new Recognition(Form.UNKNOWN, "peft", "a LoRA of peft");
        return new Recognition(
                Form.UNKNOWN, "", "a folder without model_index.json, config.json or " + OPEN_CLIP + single(folder));
    }

    /** Checkpoints beside one another, without a configuration. */
    private static boolean holdsKarlo(ModelFolder folder) throws IOException {
        try (Stream<Path> list = Files.list(folder.path())) {
            return list.anyMatch(file -> String.valueOf(file.getFileName()).startsWith("decoder-ckpt"));
        }
    }

    private static Recognition model(Config c) throws IOException {
        String type = text(c, "_class_name");
        if (type.isEmpty()) type = text(c, "model_type");
        if (type.isEmpty() && c.has("architectures")) {
            List<String> classes = c.texts("architectures", List.of());
            type = classes.isEmpty() ? "" : classes.get(0);
        }
        if (type.isEmpty() && c.has("text_config") && c.has("vision_config")) type = "clip";
        if (type.startsWith("clip_") && c.has("id2label")) type = "image_classifier";
        return named(Form.MODEL, type);
    }

    private static Recognition named(Form form, String type) {
        return new Recognition(form, type, ClassNames.words(type));
    }

    private static String text(Config c, String key) {
        return c.has(key) ? Words.clean(c.literal(key)) : "";
    }

    /** What lies in a folder that says nothing itself, if it is one file. */
    private static String single(ModelFolder folder) throws IOException {
        try (Stream<Path> list = Files.list(folder.path())) {
            List<Path> files = list.filter(FileKeys::mayBeWeights).sorted().toList();
            if (files.size() != 1) return "";
            Path file = files.get(0);
            return ", but with " + file.getFileName() + ", " + FileKeys.recognize(file).words;
        }
    }

    /** Whether it is the pipeline of this class. */
    public boolean isPipeline(String className) {
        return form == Form.PIPELINE && type.equals(className);
    }

    /** Whether it is a folder with this {@code model_type}, or class of diffusers. */
    public boolean isModel(String name) {
        return form == Form.MODEL && type.equals(name);
    }

    /** Whether it is one file of this kind. */
    public boolean isFile(String kind) {
        return form == Form.FILE && type.equals(kind);
    }
}

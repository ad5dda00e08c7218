package org.zeuxis.app.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.zeuxis.checkpoint.Digest;
import org.zeuxis.hub.Found;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.preprocessing.ClipPreprocessing;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Scope;

/**
 * A CLIP that can be told from every other, so that an index is never asked with another than made it.
 *
 * @param name what opens it again: a name, or the absolute path of its folder
 * @param fingerprint of its weights' files and its preprocessing, 64 hexadecimal digits
 */
public record SearchClip(ClipFolder model, String name, String fingerprint) {
    private static final List<String> WEIGHTS = List.of(".safetensors", ".bin");

    /**
     * Opens it to compute in {@code type}. The fingerprint does not tell the type: bfloat16 turns a vector by less than two
     * pictures of one thing differ, so an index that was made in one type is searched in another.
     *
     * @throws IOException if it cannot be read
     */
    public static SearchClip open(Found<ClipFolder> found, DType type) throws IOException {
        return of(found, found.open(type));
    }

    /** The same of one that is open. */
    public static SearchClip of(Found<ClipFolder> found, ClipFolder model) throws IOException {
        return new SearchClip(model, found.name(), fingerprint(found.path(), model.preprocessing()));
    }

    /** What the pictures are told as, of length 1: [pictures][width]. */
    public float[][] embedImages(List<Image> images) {
        try (Scope scope = new Scope()) {
            return rows(model.embedImages(images).toFloats(), images.size());
        }
    }

    /** The same of pictures that the model's preprocessing has cropped. */
    float[][] embedCropped(List<Image> crops) {
        try (Scope scope = new Scope()) {
            return rows(model.embedCropped(crops).toFloats(), crops.size());
        }
    }

    /** What a text is told as, of length 1: [width]. */
    public float[] embedText(String text) {
        try (Scope scope = new Scope()) {
            return model.embedTexts(List.of(text)).toFloats();
        }
    }

    private static float[][] rows(float[] all, int count) {
        int width = all.length / count;
        float[][] rows = new float[count][width];
        for (int i = 0; i < count; i++) System.arraycopy(all, i * width, rows[i], 0, width);
        return rows;
    }

    /** The files in the order of their names, whose own bytes do not count: a renamed shard is the same shard. */
    private static String fingerprint(Path folder, ClipPreprocessing preprocessing) throws IOException {
        Digest digest = Digest.sha256();
        List<Path> files = Files.isRegularFile(folder) ? List.of(folder) : weights(folder);
        for (Path file : files) digest.with(file);
        digest.with(preprocessing.toString());
        return digest.hex();
    }

    private static List<Path> weights(Path folder) throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.filter(file -> WEIGHTS.stream().anyMatch(file.toString()::endsWith))
                    .sorted()
                    .toList();
        }
    }
}

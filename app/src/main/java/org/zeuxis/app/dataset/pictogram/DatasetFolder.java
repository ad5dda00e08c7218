package org.zeuxis.app.dataset.pictogram;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.zeuxis.checkpoint.Digest;
import org.zeuxis.data.format.WebDatasetWriter;
import org.zeuxis.file.UnfinishedFile;
import org.zeuxis.image.Image;

/**
 * Where a dataset of drawings is written: shards by split, and lists and texts beside them.
 *
 * @param name what its shards are called
 */
record DatasetFolder(Path folder, String name) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SAMPLES_PER_SHARD = 2048;

    /**
     * A drawing as its shard holds it.
     *
     * @param key unique in the dataset
     * @param split the folder of its shard
     * @param png RGBA, transparent background
     * @param json all that is known of it
     * @param caption its name
     */
    record Sample(String key, String split, byte[] png, ObjectNode json, String caption) {}

    /**
     * Writes the dataset. Nothing of it takes its name before all of it is on the disk: splits of two builds would have
     * pictures in common.
     *
     * @param notes texts by file name
     */
    void write(Collection<Sample> samples, Map<String, String> notes) throws IOException {
        Map<String, List<Sample>> bySplit = new TreeMap<>();
        for (Sample sample : samples) {
            bySplit.computeIfAbsent(sample.split(), s -> new ArrayList<>()).add(sample);
        }
        List<WebDatasetWriter> splits = new ArrayList<>();
        List<UnfinishedFile> files = new ArrayList<>();
        try {
            for (Map.Entry<String, List<Sample>> split : bySplit.entrySet()) {
                WebDatasetWriter writer = new WebDatasetWriter(folder.resolve(split.getKey()), name, SAMPLES_PER_SHARD);
                splits.add(writer);
                writeSplit(writer, split.getValue());
            }
            for (Map.Entry<String, String> note : notes.entrySet()) {
                UnfinishedFile file = UnfinishedFile.begin(folder.resolve(note.getKey()));
                files.add(file);
                ByteBuffer text = StandardCharsets.UTF_8.encode(note.getValue());
                while (text.hasRemaining()) file.write(text);
                file.seal();
            }
            for (WebDatasetWriter split : splits) split.finish();
            for (UnfinishedFile file : files) file.finish();
        } finally {
            for (WebDatasetWriter split : splits) split.close();
            for (UnfinishedFile file : files) file.close();
        }
    }

    /** In an order that looks shuffled and never changes, for readers that only read on. */
    private static void writeSplit(WebDatasetWriter writer, List<Sample> samples) throws IOException {
        samples.sort(Comparator.comparing(s -> Digest.sha256().with(s.key()).hex()));
        for (Sample sample : samples) {
            writer.write(
                    sample.key(),
                    Map.of(
                            "png", sample.png(),
                            "json", JSON.writeValueAsBytes(sample.json()),
                            "txt", sample.caption().getBytes(StandardCharsets.UTF_8)));
        }
        writer.seal();
    }

    /** One JSON object a line. */
    static String lines(List<ObjectNode> objects) {
        StringBuilder text = new StringBuilder();
        for (ObjectNode object : objects) text.append(object).append('\n');
        return text.toString();
    }

    static byte[] png(Image image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (!ImageIO.write(image.toBufferedImage(), "png", out)) {
            throw new IOException("this Java runtime cannot write PNG; use one with the java.desktop module");
        }
        return out.toByteArray();
    }
}

package org.zeuxis.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.zeuxis.chart.HeatMap;
import org.zeuxis.chart.HeatMap.Axis;
import org.zeuxis.chart.HeatMap.Cell;
import org.zeuxis.chart.HeatMap.Legend;
import org.zeuxis.chart.HeatMapHead;
import org.zeuxis.image.Image;
import org.zeuxis.tensor.Tensor;

/**
 * The cosines of captions and pictures that belong together: a caption's own picture stands on the diagonal.
 *
 * @param captions one for each picture
 * @param images in the same order
 * @param cosines for each caption one of each picture
 * @see <a href="https://github.com/openai/CLIP/blob/main/notebooks/Interacting_with_CLIP.ipynb">Interacting with
 *     CLIP</a>, "Cosine similarity between text and image features"
 */
public record SimilarityMatrix(List<String> captions, List<Image> images, List<List<Double>> cosines) {
    private static final int CELL = 76;

    public SimilarityMatrix {
        int n = captions.size();
        if (n < 1
                || images.size() != n
                || cosines.size() != n
                || cosines.stream().anyMatch(row -> row.size() != n)) {
            throw new IllegalArgumentException("expected as many pictures, and rows of as many cosines, as captions, at"
                    + " least 1, got " + images.size() + " and " + cosines.size() + " for " + n);
        }
    }

    /**
     * @param texts embeddings of the captions, [n, width], each of length 1
     * @param pictures embeddings of the images, [n, width], each of length 1
     */
    public static SimilarityMatrix of(List<String> captions, Tensor texts, List<Image> images, Tensor pictures) {
        texts.expect("captions", pictures.size(1));
        float[] all = texts.matmul(pictures.transpose(0, 1)).toFloats();
        List<List<Double>> cosines = new ArrayList<>();
        for (int i = 0; i < captions.size(); i++) {
            List<Double> row = new ArrayList<>();
            for (int j = 0; j < images.size(); j++) row.add((double) all[i * images.size() + j]);
            cosines.add(row);
        }
        return new SimilarityMatrix(captions, images, cosines);
    }

    /** How many captions are nearer to their own picture than to any other. */
    public Proportion own() {
        int right = 0;
        for (int i = 0; i < captions.size(); i++) {
            List<Double> row = cosines.get(i);
            double mine = row.get(i);
            if (row.stream().filter(cosine -> cosine >= mine).count() == 1) right++;
        }
        return new Proportion(right, captions.size());
    }

    /** As a picture: captions as rows, pictures above the columns, the darker a cell, the larger its cosine. */
    public Image draw() {
        double low =
                cosines.stream().flatMap(List::stream).mapToDouble(x -> x).min().orElseThrow();
        double high =
                cosines.stream().flatMap(List::stream).mapToDouble(x -> x).max().orElseThrow();
        double range = high > low ? high - low : 1;
        List<List<Cell>> cells = cosines.stream()
                .map(row -> row.stream()
                        .map(x -> new Cell((x - low) / range, text(x)))
                        .toList())
                .toList();
        String subtitle =
                own().hits() + " of " + captions.size() + " captions are nearest to their own picture (the diagonal)";
        return new HeatMap(
                        "How near captions and pictures are",
                        subtitle,
                        new Axis("captions", captions),
                        new HeatMapHead.Thumbnails(images),
                        cells,
                        new Legend("cosine", text(low), text(high)),
                        CELL)
                .draw();
    }

    private static String text(double cosine) {
        return String.format(Locale.ROOT, "%.2f", cosine);
    }
}

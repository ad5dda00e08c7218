package org.zeuxis.train.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.zeuxis.file.AtomicFile;
import org.zeuxis.file.UnfinishedFile;
import org.zeuxis.train.Report;

/**
 * {@code metrics.csv}: a row for each step, each number written so that it reads back exactly. Going back to a step
 * drops the rows after it, and a row that a kill left unfinished.
 */
final class Metrics {
    private static final String HEADER = "step,loss,gradient_norm,learning_rate,samples_per_second,seconds";

    private final Path file;
    private double seconds;
    private long since = System.nanoTime();

    Metrics(Path file) {
        this.file = file;
    }

    void goOnFrom(long step) throws IOException {
        List<String> kept = new ArrayList<>(List.of(HEADER));
        seconds = 0;
        if (Files.exists(file)) {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            for (String row : text.substring(0, text.lastIndexOf('\n') + 1).split("\n")) {
                String[] cells = row.split(",", -1);
                if (cells.length != 6 || !cells[0].matches("\\d{1,18}") || Long.parseLong(cells[0]) > step) continue;
                kept.add(row);
                seconds = Double.parseDouble(cells[5]);
            }
        }
        AtomicFile.write(file, String.join("\n", kept) + "\n");
        since = System.nanoTime();
    }

    void add(Report r) throws IOException {
        long now = System.nanoTime();
        seconds += (now - since) / 1e9;
        since = now;
        String row = r.step() + "," + r.loss() + "," + r.gradientNorm() + "," + r.learningRate() + ","
                + Math.round(r.samplesPerSecond() * 100) / 100.0 + "," + Math.round(seconds * 1000) / 1000.0 + "\n";
        try {
            Files.writeString(file, row, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw UnfinishedFile.refused(file, e);
        }
    }
}

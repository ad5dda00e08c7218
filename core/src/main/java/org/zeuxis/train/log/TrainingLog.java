package org.zeuxis.train.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.zeuxis.file.UnfinishedFile;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.train.Observer;
import org.zeuxis.train.Report;

/**
 * Writes down how a run goes: {@code metrics.csv}, TensorBoard's event files in {@code events}, and every few minutes a
 * picture in {@code samples}.
 */
public final class TrainingLog implements Observer, AutoCloseable {

    /** Draws what the model can do now, or nothing if it draws nothing. */
    @FunctionalInterface
    public interface Samples {
        Optional<Image> draw() throws IOException;
    }

    private final Metrics metrics;
    private final EventFile events;
    private final Path pictures;
    private final Duration every;
    private final Samples samples;
    private long drawn = System.nanoTime();

    /**
     * @param folder of the run
     * @param every time between two pictures; one more is drawn after the last step
     */
    public TrainingLog(Path folder, Duration every, Samples samples) throws IOException {
        metrics = new Metrics(folder.resolve("metrics.csv"));
        events = new EventFile(folder.resolve("events"));
        pictures = folder.resolve("samples");
        this.every = every;
        this.samples = samples;
    }

    @Override
    public void goesOnFrom(long step) throws IOException {
        metrics.goOnFrom(step);
        if (step > 0) events.restart(step + 1);
    }

    @Override
    public void rolledBack(Report broken, long step) throws IOException {
        events.scalars(broken.step(), Map.of("rolled back to", (double) step));
    }

    @Override
    public void stepped(Report r) throws IOException {
        metrics.add(r);
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("loss", r.loss());
        values.put("gradient norm", r.gradientNorm());
        values.put("learning rate", r.learningRate());
        values.put("samples per second", r.samplesPerSecond());
        events.scalars(r.step(), values);
    }

    @Override
    public boolean wantsAverage(Report r) {
        return r.step() == r.steps() || System.nanoTime() - drawn >= every.toNanos();
    }

    @Override
    public void averaged(Report r) throws IOException {
        drawn = System.nanoTime();
        Optional<Image> picture = samples.draw();
        if (picture.isEmpty()) return;
        Files.createDirectories(pictures);
        Path file = pictures.resolve(String.format(Locale.ROOT, "step-%09d.png", r.step()));
        try {
            ImageFile.write(file, picture.get());
        } catch (IOException e) {
            throw UnfinishedFile.refused(file, e);
        }
        events.image(r.step(), "samples", picture.get());
    }

    @Override
    public void close() throws IOException {
        events.close();
    }
}

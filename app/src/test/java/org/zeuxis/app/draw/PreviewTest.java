package org.zeuxis.app.draw;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.image.Image;
import org.zeuxis.image.Resize;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.Events;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.StepEvent;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.tensor.DType;

/** {@code zeuxis imagine --preview}, and how like the picture its preview is. */
class PreviewTest {
    @TempDir
    Path folder;

    private CommandRun imagine(String... more) {
        List<String> all = new ArrayList<>(List.of("imagine", "a cat", "--model", CommandRun.TINY, "--steps", "3"));
        all.addAll(List.of("--size", "32x24"));
        all.addAll(List.of(more));
        return CommandRun.of(all.toArray(String[]::new));
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        }
    }

    @Test
    void changesNothingAndIsGoneInTheEnd() throws IOException {
        assertThat(imagine("-o", path("plain.png")).code()).isZero();
        CommandRun run = imagine("-o", path("shown.png"), "--preview", path("preview.png"));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(files()).containsExactly("plain.png", "shown.png");
        assertThat(folder.resolve("shown.png")).hasSameBinaryContentAs(folder.resolve("plain.png"));
    }

    @Test
    void isWholeAfterEveryStep() throws IOException {
        PreviewFile preview = new PreviewFile(folder.resolve("preview.png"));
        List<Integer> told = new ArrayList<>();
        Events events = preview.after(event -> told.add(event.step()));
        Image red = new Image(1, 1, 3, new byte[] {-1, 0, 0});
        Image green = new Image(1, 1, 3, new byte[] {0, -1, 0});
        events.tell(new StepEvent("prior", 1, 3, Optional::empty));
        assertThat(preview.file()).doesNotExist();
        for (Image picture : List.of(red, green)) {
            events.tell(new StepEvent("", 2, 3, () -> Optional.of(picture)));
            assertThat(ImageFile.read(preview.file()).samples()).isEqualTo(picture.samples());
            assertThat(files()).containsExactly("preview.png");
        }
        assertThat(told).containsExactly(1, 2, 2);
        preview.close();
        assertThat(files()).isEmpty();
    }

    @Test
    void refusesWhatIsThereAndThePictureItself() throws IOException {
        Files.writeString(folder.resolve("mine.png"), "mine");
        CommandRun run = imagine("-o", path("a.png"), "--preview", path("mine.png"));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("--preview " + path("mine.png") + ": already exists; pass --force");
        assertThat(imagine("-o", path("a.png"), "--preview", path("a.jpg")).err())
                .contains("expected a name that ends in .png");
        CommandRun same = imagine("-o", path("a.png"), "--preview", path("b/../a.png"));
        assertThat(same.code()).isNotZero();
        Files.createDirectory(folder.resolve("b"));
        same = imagine("-o", path("a.png"), "--preview", path("b/../a.png"));
        assertThat(same.code()).isEqualTo(2);
        assertThat(same.err()).contains("--preview: expected another file than that of the picture, got ");
        assertThat(files()).containsExactly("b", "mine.png");
    }

    @Test
    void aSecondPassIsAskedForByItsScaleAndStrength() throws IOException {
        CommandRun run = imagine("-o", path("a.png"), "--second-pass", "2:0.7", "--preview", path("preview.png"));
        assertThat(run.code()).as(run.err()).isZero();
        Image image = ImageFile.read(folder.resolve("a.png"));
        assertThat(List.of(image.width(), image.height())).isEqualTo(List.of(64, 48));
        run = CommandRun.of("imagine", "--like", path("a.png"), "--model", CommandRun.TINY, "-o", path("again.png"));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(folder.resolve("again.png")).hasSameBinaryContentAs(folder.resolve("a.png"));
    }

    /** By a trained autoencoder, the preview of the last step against the picture. */
    @Test
    void isThePictureButForItsDetails() throws IOException {
        try (LatentDiffusion model = LatentDiffusion.pictograms(DType.FLOAT32)) {
            for (String prompt : List.of("a red apple", "a yellow cat face", "a blue bird")) {
                List<Image> previews = new ArrayList<>();
                GeneratedImage drawn = model.generate(
                                ImageRequest.of(prompt).withSteps(8),
                                event -> previews.add(event.preview().get().orElseThrow()))
                        .get(0);
                double like = correlation(small(previews.get(7)), small(drawn.image()));
                assertThat(like).as(prompt).isGreaterThan(0.9);
                assertThat(correlation(small(previews.get(0)), small(drawn.image())))
                        .isLessThan(like);
            }
        }
    }

    private static byte[] small(Image image) {
        return Resize.Filter.BOX.scale(image, 8, 8).samples();
    }

    private static double correlation(byte[] a, byte[] b) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        double meanA = mean(a);
        double meanB = mean(b);
        for (int i = 0; i < a.length; i++) {
            double x = (a[i] & 255) - meanA;
            double y = (b[i] & 255) - meanB;
            ab += x * y;
            aa += x * x;
            bb += y * y;
        }
        return ab / Math.sqrt(aa * bb);
    }

    private static double mean(byte[] samples) {
        double sum = 0;
        for (byte sample : samples) sum += sample & 255;
        return sum / samples.length;
    }
}

package org.zeuxis.image.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.image.Image;
import org.zeuxis.image.Video;

class VideoFileTest {
    private static final Path MOVING = Path.of("src/test/resources/golden/moving.gif");
    private static final byte[] FRAME = {0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 1, 0}; // one pixel

    @TempDir
    Path folder;

    @Test
    void framesOfAnAnimationAreThoseOfPillow() throws IOException {
        Image strip = ImageFile.read(MOVING.resolveSibling("moving.png"));
        List<Image> frames = VideoFile.open(MOVING).read(9).frames();
        assertThat(frames).hasSize(5);
        for (int i = 0; i < 5; i++) {
            Image frame = frames.get(i);
            assertThat(frame.width()).isEqualTo(6);
            assertThat(frame.height()).isEqualTo(4);
            for (int p = 0; p < 24; p++) {
                int x = p % 6;
                int y = p / 6;
                int alpha = frame.channels() == 4 ? frame.sample(x, y, 3) : 255;
                assertThat(alpha).as("frame %d at %d,%d", i, x, y).isEqualTo(strip.sample(6 * i + x, y, 3));
                for (int c = 0; c < 3 && alpha > 0; c++) {
                    assertThat(frame.sample(x, y, c))
                            .as("frame %d at %d,%d", i, x, y)
                            .isEqualTo(strip.sample(6 * i + x, y, c));
                }
            }
        }
        assertThat(frames.get(0).channels()).isEqualTo(3);
        assertThat(frames.get(2).channels()).isEqualTo(4);
    }

    @Test
    void someFramesAreThoseOfAll() throws IOException {
        List<Image> all = VideoFile.open(MOVING).read(5).frames();
        List<Image> some = VideoFile.open(MOVING).read(3).frames();
        assertThat(some).hasSize(3);
        for (int i = 0; i < 3; i++)
            assertThat(some.get(i).samples()).isEqualTo(all.get(2 * i).samples());
    }

    @ParameterizedTest
    @CsvSource({"10,4,0 3 6 9", "5,8,0 1 2 3 4", "9,1,4", "1,8,0", "36000,3,0 18000 35999"})
    void framesAreSpreadEvenly(int frames, int most, String seen) {
        assertThat(Video.spread(frames, most))
                .containsExactly(Arrays.stream(seen.split(" "))
                        .mapToInt(Integer::parseInt)
                        .toArray());
    }

    @Test
    void aFolderIsReadInTheOrderOfItsNames() throws IOException {
        List<String> names = List.of("f1.png", "f2.png", "f10.png", "f011.PNG");
        for (String name : List.of("f10.png", "f1.png", "f011.PNG", "f2.png")) {
            byte[] grey = {(byte) names.indexOf(name), 0, 0};
            ImageFile.write(folder.resolve(name), new Image(1, 1, 3, grey));
        }
        Files.writeString(folder.resolve("f3.txt"), "no frame");
        Files.writeString(folder.resolve(".f4.png"), "no frame");
        Files.createDirectory(folder.resolve("f5.png"));
        List<Image> frames = VideoFile.open(folder).read(8).frames();
        assertThat(frames).extracting(frame -> frame.sample(0, 0, 0)).containsExactly(0, 1, 2, 3);
        assertThat(VideoFile.open(folder).read(2).frames())
                .extracting(frame -> frame.sample(0, 0, 0))
                .containsExactly(0, 3);
    }

    @Test
    void whatHasNoFramesIsSaid() throws IOException {
        assertThatThrownBy(() -> VideoFile.open(folder))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        folder + ": expected at least 1 frame, got a video of 0 frames; name a folder with a PNG, JPEG"
                                + " or WebP of each frame");
        assertThatThrownBy(() -> VideoFile.open(gif(1, 1, 0)))
                .hasMessageEndingWith("got a video of 0 frames; fetch it again");
        assertThatThrownBy(() -> new Video(List.of())).hasMessage("expected at least 1 frame, got a video of 0 frames");
        assertThatThrownBy(() -> Video.spread(3, 0)).hasMessageContaining("got 0 of 3");
    }

    @Test
    void whatIsTooLargeIsSaidBeforeItIsRead() throws IOException {
        Path large = gif(1, 1, 2);
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(3L << 30);
        }
        assertThat(VideoFile.isOne(large)).isTrue();
        assertThatThrownBy(() -> VideoFile.open(large))
                .hasMessage(large + ": expected a video of at most 512 MiB, got 3072 MiB; make it smaller or shorter");
        assertThatThrownBy(() -> VideoFile.open(gif(1, 1, 100_000)))
                .hasMessageContaining("expected a video of at most 36000 frames, got more");
        assertThatThrownBy(() -> VideoFile.open(gif(65535, 65535, 2)))
                .hasMessageContaining("the header claims 65535x65535");
        VideoFile wide = VideoFile.open(gif(5000, 5000, 9));
        assertThatThrownBy(() -> wide.read(8))
                .hasMessageContaining("expected frames that have at most 134217728 pixels together, got more");
    }

    @Test
    void aDamagedAnimationIsSaid() throws IOException {
        byte[] whole = Files.readAllBytes(MOVING);
        Path cut = folder.resolve("cut.gif");
        for (int end = 4; end < whole.length; end++) {
            Files.write(cut, Arrays.copyOf(whole, end));
            try {
                assertThat(VideoFile.open(cut).read(8).frames()).isNotEmpty();
            } catch (IOException e) {
                assertThat(e).hasMessageStartingWith(cut + ": expected ");
            }
        }
    }

    /** Of single pixels on a screen of this size. */
    private Path gif(int width, int height, int frames) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {
            'G', 'I', 'F', '8', '9', 'a', (byte) width, (byte) (width >> 8), (byte) height, (byte) (height >> 8)
        });
        bytes.writeBytes(new byte[] {(byte) 0x80, 0, 0, 0, 0, 0, -1, -1, -1});
        for (int i = 0; i < frames; i++) bytes.writeBytes(FRAME);
        bytes.write(0x3b);
        return Files.write(folder.resolve("made.gif"), bytes.toByteArray());
    }
}

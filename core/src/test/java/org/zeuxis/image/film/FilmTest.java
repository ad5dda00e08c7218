package org.zeuxis.image.film;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.VideoFile;

class FilmTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"mp4", "mov", "mkv", "webm", "avi", "ts", "ogv"})
    void framesOfEachContainerAreSpreadEvenly(String end) throws IOException {
        Path file = MadeFilm.of(10).write(folder.resolve("moving." + end));
        assertThat(VideoFile.isOne(file)).isTrue();
        VideoFile video = VideoFile.open(file);
        assertThat(video.frames()).isEqualTo(10);
        assertThat(numbers(video, 10)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(numbers(video, 4)).containsExactly(0, 3, 6, 9);
        assertThat(numbers(video, 1)).containsExactly(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mp4", "mkv", "avi", "ts", "ogv"})
    void framesFarApartAreThoseOfAll(String end) throws IOException {
        for (int apart : List.of(3, 100)) {
            Path file = new MadeFilm(40, 1, apart, 0).write(folder.resolve("slow." + end));
            VideoFile video = VideoFile.open(file);
            assertThat(video.frames()).isEqualTo(40);
            assertThat(numbers(video, 3)).as("a key frame every %d", apart).containsExactly(0, 20, 39);
            assertThat(numbers(video, 1)).containsExactly(19);
            List<Image> all = video.read(40).frames();
            assertThat(video.read(3).frames().get(1).samples())
                    .isEqualTo(all.get(20).samples());
        }
    }

    @Test
    void picturesAreWhole() throws IOException {
        Image frame = VideoFile.open(MadeFilm.of(20).write(folder.resolve("grey.mp4")))
                .read(1)
                .frames()
                .get(0);
        assertThat(frame.width()).isEqualTo(MadeFilm.WIDTH);
        assertThat(frame.height()).isEqualTo(MadeFilm.HEIGHT);
        int grey = Math.round((32 + 5 * 9 - 16) * 255 / 219f);
        for (int x : new int[] {0, 3, 12, 31}) {
            for (int c = 0; c < 3; c++) {
                assertThat(frame.sample(x, 8, c)).as("at %d", x).isCloseTo(x < 8 ? 0 : grey, Offset.offset(4));
            }
        }
    }

    @Test
    void theCamerasOrientationIsHonoured() throws IOException {
        for (int turned : new int[] {90, 180, 270}) {
            Path file = new MadeFilm(3, 10, 4, turned).write(folder.resolve("turned" + turned + ".mp4"));
            Image frame = VideoFile.open(file).read(1).frames().get(0);
            boolean upright = turned == 180;
            assertThat(frame.width()).isEqualTo(upright ? MadeFilm.WIDTH : MadeFilm.HEIGHT);
            // the dark bar at the left comes to lie above, at the right, below
            int x = turned == 180 ? MadeFilm.WIDTH - 2 : 8;
            int y = turned == 90 ? 2 : turned == 270 ? MadeFilm.WIDTH - 3 : 8;
            assertThat(frame.sample(x, y, 1)).as("turned %d", turned).isLessThan(6);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mp4", "mkv", "avi"})
    void whatIsVeryLargeIsNotReadWhole(String end) throws IOException {
        Path file = new MadeFilm(40, 1, 3, 0).write(folder.resolve("large." + end));
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.setLength(3L << 30);
        }
        Instant began = Instant.now();
        assertThat(numbers(VideoFile.open(file), 3)).containsExactly(0, 20, 39);
        assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mp4", "mkv", "avi"})
    void aCutFileIsSaid(String end) throws IOException {
        Path file = MadeFilm.of(10).write(folder.resolve("whole." + end));
        byte[] whole = Files.readAllBytes(file);
        Path cut = folder.resolve("cut." + end);
        Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> VideoFile.open(cut))
                .isInstanceOf(IOException.class)
                .hasMessage(cut + ": expected a whole video of " + whole.length + " bytes, got the first "
                        + whole.length / 2 + "; fetch it again");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mp4", "mkv", "avi", "ts", "ogv"})
    void whereverItIsCutOrDamagedOneLineSaysSo(String end) throws IOException {
        byte[] whole = Files.readAllBytes(MadeFilm.of(6).write(folder.resolve("whole." + end)));
        Path bad = folder.resolve("bad." + end);
        for (int at = 0; at < whole.length; at += 37) {
            Files.write(bad, Arrays.copyOf(whole, at));
            framesOrOneLine(bad);
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x55;
            Files.write(bad, damaged);
            framesOrOneLine(bad);
        }
    }

    private static void framesOrOneLine(Path file) throws IOException {
        if (!VideoFile.isOne(file)) return;
        try {
            assertThat(VideoFile.open(file).read(8).frames()).isNotEmpty();
        } catch (IOException e) {
            assertThat(e).hasMessageStartingWith(file + ": expected ").message().hasLineCount(1);
        }
    }

    @Test
    void noFramesAreSaid() throws IOException {
        Path none = MadeFilm.of(0).write(folder.resolve("none.avi"));
        assertThatThrownBy(() -> VideoFile.open(none))
                .hasMessage(none + ": expected at least 1 frame, got a video of 0 frames; fetch it again");
    }

    @Test
    void soundAloneIsSaid() throws IOException {
        for (String end : List.of("mkv", "avi", "mov")) {
            Path silence = MadeFilm.silence(folder.resolve("silence." + end));
            assertThatThrownBy(() -> VideoFile.open(silence))
                    .hasMessage(
                            silence + ": expected a video, got a file without a moving picture, such as sound alone;"
                                    + " name another");
        }
    }

    @Test
    void whatNamesOtherFilesIsNoVideo() throws IOException {
        Path video = MadeFilm.of(3).write(folder.resolve("video.ts"));
        String list = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n" + video + "\n#EXT-X-ENDLIST\n";
        for (String text : List.of(list, "ffconcat version 1.0\nfile " + video.getFileName() + "\n")) {
            for (String end : List.of("m3u8", "mp4", "ffconcat")) {
                Path playlist = Files.writeString(folder.resolve("list." + end), text);
                assertThat(VideoFile.isOne(playlist)).isFalse();
                assertThatThrownBy(() -> Film.open(playlist, 10))
                        .hasMessage(
                                playlist + ": expected a video in MP4, QuickTime, Matroska, WebM, AVI, MPEG-TS or Ogg,"
                                        + " got something else");
                // nor would FFmpeg look for itself what else it may be
                for (Container container : Container.values()) {
                    assertThatThrownBy(() -> FrameReader.open(playlist, container, 0))
                            .isInstanceOf(IOException.class);
                }
            }
        }
    }

    @Test
    void aNameIsNoAddress() throws IOException {
        Path plain = MadeFilm.of(3).write(folder.resolve("plain.avi"));
        Path odd = Files.move(plain, folder.resolve("concat:a.avi|b é.avi"));
        assertThat(numbers(VideoFile.open(odd), 3)).containsExactly(0, 1, 2);
    }

    @Test
    void picturesOfTheSameBoxesAreNoVideos() throws IOException {
        byte[] head = new byte[400];
        System.arraycopy("\0\0\0\34ftypavif".getBytes("ISO-8859-1"), 0, head, 0, 12);
        assertThat(VideoFile.isOne(Files.write(folder.resolve("still.avif"), head)))
                .isFalse();
        head[11] = 's'; // a sequence of them
        assertThat(VideoFile.isOne(Files.write(folder.resolve("moving.avif"), head)))
                .isTrue();
        assertThat(VideoFile.isOne(Files.write(folder.resolve("empty.mp4"), new byte[0])))
                .isFalse();
    }

    @Test
    void theVersionThatIsNamedIsThatOfTheClassPath() {
        String version = FFmpeg.DEPENDENCY.substring(FFmpeg.DEPENDENCY.lastIndexOf(':') + 1);
        assertThat(jar(avformat.class)).endsWith("ffmpeg-" + version + ".jar");
        assertThat(jar(Loader.class)).endsWith("javacpp-" + version.substring(version.indexOf('-') + 1) + ".jar");
    }

    private static String jar(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().getPath();
    }

    private static List<Integer> numbers(VideoFile video, int most) throws IOException {
        return video.read(most).frames().stream().map(MadeFilm::number).toList();
    }
}

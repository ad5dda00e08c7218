package org.zeuxis.app.describe;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.app.ShellRun;

/** Video files, on a tiny random model, with the FFmpeg of Linux on the class path. */
@EnabledOnOs(OS.LINUX)
class FilmCommandTest {
    private static final Path MODEL = Path.of("../core/src/test/resources/golden/tiny-open-flamingo-gpt-neox");

    @TempDir
    private Path folder = Path.of("");

    private Path film = Path.of("");

    @BeforeEach
    void draw() throws IOException {
        film = new JpegAvi(List.of(Color.RED, Color.GREEN, Color.BLUE)).write(folder.resolve("film.avi"));
    }

    @Test
    void aVideoIsSpokenOfAsItsFramesAre() throws IOException {
        Path frames = Files.createDirectory(folder.resolve("frames"));
        List<Color> colors = List.of(Color.RED, Color.GREEN, Color.BLUE);
        for (int i = 0; i < 3; i++) {
            Path one = new JpegAvi(List.of(colors.get(i))).write(folder.resolve("one.avi"));
            byte[] bytes = Files.readAllBytes(one); // the JPEG within it
            int from = new String(bytes, "ISO-8859-1").indexOf("00dc") + 8;
            Files.write(frames.resolve(i + ".jpg"), Arrays.copyOfRange(bytes, from, bytes.length));
        }
        CommandRun run = described(film, frames);
        assertThat(run.err()).isEmpty();
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(6).contains(film.toString(), frames.toString());
        assertThat(score(lines.get(1))).isNotEqualTo(score(lines.get(2)));
        assertThat(lines.subList(1, 3)).isEqualTo(lines.subList(4, 6));
        Path other = new JpegAvi(List.of(Color.RED, Color.GREEN, Color.WHITE)).write(folder.resolve("other.avi"));
        assertThat(described(other).out().lines().toList().subList(1, 3)).isNotEqualTo(lines.subList(1, 3));
    }

    private static String score(String line) {
        return line.strip().split(" ")[0];
    }

    @Test
    void aDialogueIsAboutAVideo() throws IOException {
        Files.writeString(folder.resolve("lines"), "what?\n/image film.avi\nand now?\n");
        ShellRun run = ShellRun.of(
                folder, "zeuxis chat --model " + MODEL.toRealPath() + " --dtype float32 --tokens 4 film.avi < lines");
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).hasLineCount(2);
    }

    @Test
    void whatIsNoVideoIsSaidInSeconds() throws IOException {
        byte[] whole = Files.readAllBytes(film);
        Path cut = Files.write(folder.resolve("cut.avi"), Arrays.copyOf(whole, whole.length / 2));
        said(cut, "expected a whole video of " + whole.length + " bytes, got the first " + whole.length / 2);
        Path none = new JpegAvi(List.of()).write(folder.resolve("none.avi"));
        said(none, "expected at least 1 frame, got a video of 0 frames");
        Path playlist = Files.writeString(folder.resolve("list.m3u8"), "#EXTM3U\n#EXTINF:1,\n" + film + "\n");
        said(playlist, "got none of these, and playlists are not followed");
        Path disguised = Files.writeString(folder.resolve("list.mp4"), "ffconcat version 1.0\nfile film.avi\n");
        said(disguised, "got none of these, and playlists are not followed");
        Path zeros = folder.resolve("zeros.mp4");
        try (RandomAccessFile file = new RandomAccessFile(zeros.toFile(), "rw")) {
            file.setLength(3L << 30);
        }
        said(zeros, "got none of these");
        Path large = Files.copy(film, folder.resolve("large.avi"));
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(3L << 30);
        }
        Instant began = Instant.now();
        CommandRun run = described(large);
        assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofSeconds(10));
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines().toList().subList(1, 3))
                .isEqualTo(described(film).out().lines().toList().subList(1, 3));
    }

    private static void said(Path file, String line) {
        Instant began = Instant.now();
        CommandRun run = described(file);
        assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofSeconds(10));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).hasLineCount(1).contains(file + ": expected ", line);
    }

    @Test
    void withoutFFmpegOneLineSaysWhatToAdd() throws IOException {
        ShellRun run = ShellRun.of(
                folder,
                "export CLASSPATH=$(tr : '\\n"
                        + "' <<<\"$CLASSPATH\" | grep -v /ffmpeg/ | paste -sd :)\n"
                        + "zeuxis describe --model "
                        + MODEL.toRealPath() + " film.avi");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .hasLineCount(1)
                .contains("film.avi: expected FFmpeg on the class path to read a video, got none; add"
                        + " org.bytedeco:ffmpeg:8.0.1-1.5.13 and org.bytedeco:ffmpeg:8.0.1-1.5.13:");
    }

    private static CommandRun described(Path... shown) {
        List<String> arguments = new ArrayList<>(
                List.of("describe", "--model", MODEL.toString(), "--dtype", "float32", "--labels", "red,blue"));
        for (Path one : shown) arguments.add(one.toString());
        return CommandRun.of(arguments.toArray(String[]::new));
    }
}

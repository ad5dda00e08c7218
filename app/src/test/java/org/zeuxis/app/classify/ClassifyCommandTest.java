package org.zeuxis.app.classify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.app.TinyClip;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;

class ClassifyCommandTest {
    private static final int SIZE = 20;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void of_many_pictures_each_is_told_as_alone_and_in_its_place() throws IOException {
        String clip = TinyClip.save(folder.resolve("clip"), 1);
        List<String> pictures = new ArrayList<>();
        for (int i = 0; i < 70; i++) pictures.add(i == 0 || i == 40 ? broken(i) : drawn(i));
        CommandRun all = classified(clip, pictures);
        assertThat(all.code()).isEqualTo(1);
        assertThat(all.err()).hasLineCount(3).contains("picture-00.png", "picture-40.png", "2 of 70 pictures");
        List<String> lines = all.out().lines().toList();
        assertThat(lines).hasSize(3 * 68);
        List<String> readable = new ArrayList<>(pictures);
        readable.remove(40);
        readable.remove(0);
        for (int i = 0; i < 68; i++) assertThat(lines.get(3 * i)).isEqualTo(readable.get(i));
        CommandRun alone = classified(clip, List.of(readable.get(50)));
        assertThat(lines.subList(150, 153)).isEqualTo(alone.out().lines().toList());
    }

    private CommandRun classified(String clip, List<String> pictures) {
        List<String> arguments = new ArrayList<>(List.of("classify", "--clip", clip, "--labels", "cat,dog"));
        arguments.addAll(List.of("--dtype", "float32", "--"));
        arguments.addAll(pictures);
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private String broken(int number) throws IOException {
        return Files.writeString(file(number), "no picture").toString();
    }

    /** One colour above another. */
    private String drawn(int number) throws IOException {
        byte[] samples = new byte[SIZE * SIZE * 3];
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) (i < samples.length / 2 ? number * 3 : 90 * i);
        ImageFile.write(file(number), new Image(SIZE, SIZE, 3, samples));
        return file(number).toString();
    }

    private Path file(int number) {
        return folder.resolve(String.format("picture-%02d.png", number));
    }
}

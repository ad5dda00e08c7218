package org.zeuxis.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UnpackedFolderTest {
    @TempDir
    private Path folder;

    private URL jar(String name, String... namesAndContents) throws IOException {
        Path jar = folder.resolve(name);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry("libs/"));
            for (int i = 0; i < namesAndContents.length; i += 2) {
                out.putNextEntry(new ZipEntry("libs/" + namesAndContents[i]));
                out.write(namesAndContents[i + 1].getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        }
        return new URL("jar:" + jar.toUri() + "!/libs/");
    }

    private Path unpacked(URL... jars) throws IOException {
        return UnpackedFolder.of(List.of(jars), n -> n.endsWith(".so"), folder.resolve("cache"), "natives");
    }

    @Test
    void severalJarsMakeOneFolder() throws IOException {
        Path one = unpacked(jar("a.jar", "a.so", "old", "b.so", "b", "c.txt", "-"), jar("b.jar", "a.so", "new"));
        assertThat(one.resolve("a.so")).hasContent("new");
        assertThat(one.resolve("b.so")).hasContent("b");
        assertThat(one.resolve("c.txt")).doesNotExist();
    }

    @Test
    void whatAKilledProcessLeftIsMendedAndRemoved() throws IOException {
        URL jar = jar("a.jar", "a.so", "whole", "b.so", "whole too");
        Path made = unpacked(jar);
        Files.writeString(made.resolve("a.so"), "who");
        Files.delete(made.resolve("b.so"));
        Path left = Files.createDirectory(made.resolveSibling(".unfinished-1"));
        Files.writeString(left.resolve("a.so"), "w");
        assertThat(unpacked(jar)).isEqualTo(made);
        assertThat(made.resolve("a.so")).hasContent("whole");
        assertThat(made.resolve("b.so")).hasContent("whole too");
        try (Stream<Path> all = Files.list(made.resolveSibling("."))) {
            assertThat(all.map(p -> p.getFileName().toString()))
                    .containsExactlyInAnyOrder(".lock", made.getFileName().toString());
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsSaidInOneLine() throws IOException {
        URL jar = jar("a.jar", "a.so", "whole");
        Files.writeString(folder.resolve("cache"), "in the way");
        assertThatIOException()
                .isThrownBy(() -> unpacked(jar))
                .withMessageContaining("expected to unpack 1 MB here, got ")
                .withMessageContaining("pass -Dorg.zeuxis.cache=FOLDER")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
        URL empty = jar("b.jar", "c.txt", "-");
        assertThatIOException().isThrownBy(() -> unpacked(empty)).withMessageContaining("expected files, got none");
        URL loose = folder.toUri().toURL();
        assertThatIOException()
                .isThrownBy(() -> unpacked(loose))
                .withMessageContaining("expected a folder in a jar, got one of file");
    }
}

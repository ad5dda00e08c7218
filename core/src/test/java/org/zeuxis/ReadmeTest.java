package org.zeuxis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows works. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..");

    @TempDir
    Path folder;

    @Test
    void theJavaCompiles() throws IOException {
        String code = fenced("java").get(0);
        assertThat(code.lines().count()).isEqualTo(10);
        assertThat(compilerSays(code)).isEmpty();
        assertThat(compilerSays(code.replace("ImageRequest.of", "ImageRequest.off")))
                .contains("off");
    }

    @Test
    void ciRunsTheTestCommand() throws IOException {
        List<String> script = Files.readAllLines(ROOT.resolve(".ci/run"));
        assertThat(fenced("bash").get(1).strip()).isEqualTo(script.get(script.size() - 1));
    }

    @Test
    void figuresNameClassesAndMethodsThatExist() throws IOException {
        String figures = Files.readString(ROOT.resolve("docs/figures.md"));
        assertThat(unknown(figures)).isEmpty();
        assertThat(unknown("| box | `unet.Attic`, `nn.UNet`, `Clip.paint`, `unet.UNet.forward` |"))
                .containsExactly("unet.Attic", "nn.UNet", "Clip.paint");
    }

    /** What the second column of a table names that is not in the sources. */
    private static List<String> unknown(String tables) throws IOException {
        Path sources = Path.of("src/main/java/org/zeuxis");
        List<String> wrong = new ArrayList<>();
        for (String row : tables.lines().filter(l -> l.startsWith("|")).toList()) {
            Matcher names = Pattern.compile("`((?:[a-z]+\\.)*)([A-Z]\\w+)(?:\\.([a-z]\\w*))?`")
                    .matcher(row.split("\\|", 4)[2]);
            while (names.find()) {
                Path file = Path.of(names.group(1).replace('.', '/') + names.group(2) + ".java");
                try (Stream<Path> found = Files.find(sources, 9, (path, a) -> path.endsWith(file))) {
                    Path source = found.findFirst().orElse(null);
                    boolean known = source != null
                            && (names.group(3) == null
                                    || Pattern.compile("\\b" + names.group(3) + "\\b")
                                            .matcher(Files.readString(source))
                                            .find());
                    if (!known) wrong.add(names.group().replace("`", ""));
                }
            }
        }
        return wrong;
    }

    private String compilerSays(String code) throws IOException {
        int end = code.lastIndexOf("import ");
        int body = code.indexOf('\n', end) + 1;
        Path file = Files.writeString(
                folder.resolve("Readme.java"),
                code.substring(0, body) + "class Readme {\nvoid run() throws Exception {\n" + code.substring(body)
                        + "}\n}\n");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            said,
                            files,
                            null,
                            List.of(
                                    "-proc:none",
                                    "-d",
                                    folder.toString(),
                                    "-cp",
                                    System.getProperty("java.class.path")),
                            null,
                            files.getJavaFileObjects(file))
                    .call();
            assertThat(compiled).as(said.toString()).isEqualTo(said.toString().isEmpty());
        }
        return said.toString();
    }

    private static List<String> fenced(String language) throws IOException {
        Matcher blocks = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("README.md")));
        return blocks.results().map(block -> block.group(1)).toList();
    }
}

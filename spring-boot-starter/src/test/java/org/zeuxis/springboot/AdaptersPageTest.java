package org.zeuxis.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page on adapters says in Java of Spring AI compiles. */
class AdaptersPageTest {
    private static final Pattern SECTION = Pattern.compile("(?ms)^## Spring AI.*?(?=^## |\\z)");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\\R(.*?)^```");

    @TempDir
    private Path classes;

    @Test
    void theJavaCompiles() throws IOException {
        String block = block();
        assertThat(errors(block)).isEmpty();
        assertThat(errors(block.replace("images.call", "images.conjure"))).contains("conjure");
    }

    private static String block() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "adapters.md"));
        String section =
                SECTION.matcher(page).results().findFirst().orElseThrow().group();
        return BLOCK.matcher(section).results().findFirst().orElseThrow().group(1);
    }

    /** What the compiler says of a whole file. */
    private String errors(String source) {
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///Painter.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        Writer said = new StringWriter();
        List<String> options = List.of(
                "-proc:none",
                "--release",
                "17",
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path"));
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(said, null, null, options, null, List.of(file))
                .call();
        return compiled ? "" : said.toString();
    }
}

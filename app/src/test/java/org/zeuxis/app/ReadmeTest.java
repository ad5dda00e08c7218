package org.zeuxis.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README and the page for libraries say in Java compiles. */
class ReadmeTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\\R(.*?)^```");
    private static final Pattern TYPE =
            Pattern.compile("(?m)^(?:public )?(?:final )?(?:class|record|interface) (\\w+)");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import .*;\\R?");

    @Test
    void everyJavaBlockCompiles(@TempDir Path classes) throws IOException {
        for (String page : List.of("README.md", "docs/library.md")) {
            List<String> blocks = BLOCK.matcher(Files.readString(Path.of("..", page)))
                    .results()
                    .map(block -> block.group(1))
                    .toList();
            assertThat(blocks).as("```java blocks in " + page).isNotEmpty();
            for (String block : blocks)
                assertThat(errors(block, classes)).as(block).isEmpty();
        }
    }

    @Test
    void aBlockThatDoesNotCompileIsFound(@TempDir Path classes) {
        assertThat(errors("LatentDiffusion.inventedByTheReadme();\n", classes)).isNotEmpty();
    }

    /** A whole file as it is; bare statements in a method that may throw, after their imports. */
    private static List<String> errors(String block, Path classes) {
        Matcher type = TYPE.matcher(block);
        boolean whole = type.find();
        String name = whole ? type.group(1) : "Readme";
        StringBuilder imports = new StringBuilder();
        IMPORT.matcher(block).results().map(MatchResult::group).forEach(imports::append);
        String source = whole
                ? block
                : imports + "class Readme { void run() throws Exception {\n"
                        + IMPORT.matcher(block).replaceAll("") + "} }";
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(compiler).as("a JDK, not only a runtime").isNotNull();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        List<String> options = List.of(
                "-proc:none",
                "--release",
                "17",
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path"));
        compiler.getTask(new StringWriter(), null, found, options, null, List.of(file))
                .call();
        return found.getDiagnostics().stream()
                .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
                .map(each -> each.getMessage(Locale.ROOT))
                .toList();
    }
}

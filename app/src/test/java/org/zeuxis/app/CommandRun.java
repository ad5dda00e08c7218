package org.zeuxis.app;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.zeuxis.app.option.ModelLoader;
import org.zeuxis.hub.Hub;
import picocli.CommandLine;

/** One run of the command line within this process, and what it printed. */
public record CommandRun(int code, String out, String err) {
    /** Tiny pipelines with random weights that diffusers wrote, in core's test resources. */
    public static final Path GOLDEN = Path.of("..", "core", "src", "test", "resources", "golden");

    public static final String TINY = GOLDEN.resolve("tiny-stable-diffusion").toString();

    public static CommandRun of(String... arguments) {
        return of(Hub::standard, arguments);
    }

    public static CommandRun of(Supplier<Hub> hub, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Zeuxis.commandLine(ModelLoader.STANDARD, hub);
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int code = line.execute(arguments);
        line.getOut().flush();
        line.getErr().flush();
        return new CommandRun(code, out.toString(), err.toString());
    }
}

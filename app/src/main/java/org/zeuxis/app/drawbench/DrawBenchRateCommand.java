package org.zeuxis.app.drawbench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.zeuxis.eval.drawbench.Answer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis drawbench rate}: a page on which people say which pictures they prefer. */
@Command(
        name = "rate",
        description = "Serve a page, to this machine alone, on which any number of people rate the pictures blind.",
        mixinStandardHelpOptions = true)
final class DrawBenchRateCommand implements Callable<Integer> {
    private static final int HIGHEST_PORT = 65_535;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DIR", description = "A folder of 'zeuxis drawbench run'.")
    private Path folder = Path.of("");

    @Option(
            names = "--rater",
            paramLabel = "NAME",
            description = "Who rates (default: the page asks everybody who opens it).")
    private @Nullable String rater;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Where the page is; 0 is any that is free (default: 7411).")
    private int port = 7411;

    @Override
    public Integer call() throws IOException {
        if (port < 0 || port > HIGHEST_PORT) throw wrong("--port: expected 0 to " + HIGHEST_PORT + ", got " + port);
        try {
            if (rater != null) Answer.expectName(rater);
        } catch (IllegalArgumentException e) {
            throw wrong("--rater: " + e.getMessage());
        }
        try (Rating rating = Rating.open(folder, rater == null ? "" : rater);
                RatingServer server = RatingServer.start(rating, port)) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(server.address() + "  rate " + rating.prompts()
                    + " prompts here; each answer is saved at once, Ctrl-C ends it");
            out.flush();
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.OK;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}

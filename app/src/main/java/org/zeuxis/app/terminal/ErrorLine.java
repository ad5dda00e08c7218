package org.zeuxis.app.terminal;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/** Makes one line of every failure: what was expected, what came, what to do. */
public final class ErrorLine {
    private static final String FAULT =
            "; this is a fault in Zeuxis: run it again with ZEUXIS_DEBUG=1 and report what it prints";

    /** As shells count a process that Ctrl-C ended. */
    private static final int STOPPED = 130;

    private ErrorLine() {}

    /** Lets every command of {@code line} end in one line; {@code traces} prints the stack trace after it. */
    public static CommandLine install(CommandLine line, boolean traces) {
        line.setParameterExceptionHandler((e, arguments) -> {
            CommandLine command = e.getCommandLine();
            String help = "; see " + command.getCommandSpec().qualifiedName() + " --help";
            print(command, usage(e) + help, traces ? e : null);
            return ExitCode.USAGE;
        });
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            print(command, failure(cause), traces ? cause : null);
            return cause instanceof CancellationException ? STOPPED : ExitCode.SOFTWARE;
        });
        line.setExecutionStrategy(parsed -> {
            try {
                return new RunLast().execute(parsed);
            } catch (LinkageError | OutOfMemoryError | StackOverflowError e) {
                List<CommandLine> lines = parsed.asCommandLineList();
                throw new ExecutionException(lines.get(lines.size() - 1), String.valueOf(e.getMessage()), e);
            }
        });
        return line;
    }

    private static String usage(ParameterException e) {
        String message = oneLine(String.valueOf(e.getMessage()));
        if (!(e instanceof UnmatchedArgumentException unmatched)) return message;
        List<String> near = unmatched.getSuggestions();
        if (!near.isEmpty()) return message + "; nearest: " + near.get(0);
        boolean words = unmatched.getUnmatched().stream().noneMatch(word -> word.startsWith("-"));
        return words ? message + "; put several words in quotes" : message;
    }

    /** The line for a failure of any kind. */
    public static String failure(Throwable e) {
        String message = e.getMessage() == null ? "" : oneLine(e.getMessage());
        if (e instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
            return failure(unchecked.getCause());
        }
        if (e instanceof CancellationException) return message;
        if (e instanceof FileSystemException file) return fileSystem(file, message);
        if (e instanceof ExceptionInInitializerError && e.getCause() != null) return failure(e.getCause());
        if (e instanceof LinkageError) {
            return "expected the engine's native library for this platform, got "
                    + e.getClass().getSimpleName() + " " + message + "; run zeuxis doctor";
        }
        if (e instanceof OutOfMemoryError) {
            return "expected enough memory, got none left (" + message
                    + "); ask for smaller or fewer pictures, or give Java more with ZEUXIS_JAVA_OPTS=-Xmx8g";
        }
        boolean ours = e instanceof NullPointerException
                || e instanceof IndexOutOfBoundsException
                || e instanceof ClassCastException
                || e instanceof IllegalStateException
                || e instanceof Error;
        if (ours || message.isEmpty()) {
            return e.getClass().getSimpleName() + (message.isEmpty() ? "" : ": " + message) + FAULT;
        }
        return message;
    }

    private static String fileSystem(FileSystemException e, String message) {
        String file = String.valueOf(e.getFile());
        if (e instanceof NoSuchFileException) return file + ": there is no such file or folder; check the path";
        if (e instanceof AccessDeniedException) {
            return file + ": expected to be allowed to read or write it; check its permissions";
        }
        if (e instanceof NotDirectoryException) return file + ": expected a folder, got a file; name the folder";
        if ("Not a directory".equals(e.getReason())) {
            return file + ": expected a folder, got a file on the way there; check the path";
        }
        if (e instanceof FileAlreadyExistsException) return file + ": already exists; name another or remove it";
        return message;
    }

    private static void print(CommandLine command, String message, @Nullable Throwable trace) {
        PrintWriter err = command.getErr();
        command.getOut().flush();
        err.println(command.getCommandSpec().qualifiedName() + ": " + message);
        if (trace != null) trace.printStackTrace(err);
        err.flush();
    }

    /** LibTorch adds its own stack after the first line; files may hold anything. */
    private static String oneLine(String message) {
        String first = message.strip().lines().findFirst().orElse("");
        StringBuilder clean = new StringBuilder();
        first.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .limit(2000)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }
}

package org.zeuxis.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. */
@Command(
        name = "zeuxis",
        description = "Text to image and image to text on the JVM.",
        version = "zeuxis 0.1.0-SNAPSHOT",
        mixinStandardHelpOptions = true,
        subcommands = {
            ImagineCommand.class,
            DatasetCommand.class,
            InspectCommand.class,
            DoctorCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Zeuxis implements Runnable {
    @Spec
    private CommandSpec spec;

    /** Made by picocli. */
    public Zeuxis() {
        spec = CommandSpec.create();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expected a command, such as 'zeuxis imagine \"a red car\"'");
    }

    public static void main(String... arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The whole command line: usage errors end in 2, failures in 1, each with one line. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Zeuxis());
        line.setParameterExceptionHandler((e, arguments) -> {
            PrintWriter err = e.getCommandLine().getErr();
            String name = e.getCommandLine().getCommandSpec().qualifiedName();
            err.println(name + ": " + oneLine(e) + "; see '" + name + " --help'");
            return CommandLine.ExitCode.USAGE;
        });
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            if (System.getenv("ZEUXIS_DEBUG") != null) e.printStackTrace(command.getErr());
            command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + oneLine(e));
            return e instanceof IllegalArgumentException ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
        });
        return line;
    }

    private static String oneLine(Exception e) {
        Throwable cause = e instanceof UncheckedIOException && e.getCause() instanceof IOException inner ? inner : e;
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}

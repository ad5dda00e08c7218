package org.zeuxis.app;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.zeuxis.app.classify.ClassifyCommand;
import org.zeuxis.app.dataset.DatasetCommand;
import org.zeuxis.app.describe.ChatCommand;
import org.zeuxis.app.describe.DescribeCommand;
import org.zeuxis.app.draw.BlendCommand;
import org.zeuxis.app.draw.EditCommand;
import org.zeuxis.app.draw.ImagineCommand;
import org.zeuxis.app.draw.SheetCommand;
import org.zeuxis.app.draw.UpscaleCommand;
import org.zeuxis.app.draw.VaryCommand;
import org.zeuxis.app.drawbench.DrawBenchCommand;
import org.zeuxis.app.judge.EvaluateCommand;
import org.zeuxis.app.model.AssembleCommand;
import org.zeuxis.app.model.ConvertCommand;
import org.zeuxis.app.model.DoctorCommand;
import org.zeuxis.app.model.InspectCommand;
import org.zeuxis.app.model.PullCommand;
import org.zeuxis.app.option.ModelLoader;
import org.zeuxis.app.option.NamedModel;
import org.zeuxis.app.search.command.SearchCommand;
import org.zeuxis.app.serve.ServeCommand;
import org.zeuxis.app.terminal.ArgumentSpelling;
import org.zeuxis.app.terminal.CompletionCommand;
import org.zeuxis.app.terminal.ErrorLine;
import org.zeuxis.app.terminal.Interruption;
import org.zeuxis.app.terminal.StandardOutput;
import org.zeuxis.app.terminal.Version;
import org.zeuxis.app.train.TrainCommand;
import org.zeuxis.hub.Hub;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code zeuxis}: what it does is in its commands. */
@Command(
        name = "zeuxis",
        description = "Text-to-image models and CLIP on the JVM: generate, search, evaluate, train.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {HelpCommand.class, CompletionCommand.class},
        footer = {
            "",
            "Exit codes: 0 success, 1 failure, 2 wrong usage, 130 stopped by Ctrl-C. Set ZEUXIS_DEBUG=1 to see stack traces."
        })
public final class Zeuxis implements Runnable, NamedModel.Source {
    /** In the order in which help lists them. */
    private static final List<String> COMMANDS = List.of(
            "imagine",
            "sheet",
            "vary",
            "blend",
            "edit",
            "upscale",
            "describe",
            "chat",
            "classify",
            "evaluate",
            "drawbench",
            "serve",
            "pull",
            "search",
            "train",
            "assemble",
            "convert",
            "inspect",
            "dataset",
            "doctor");

    @Spec
    private CommandSpec spec;

    private final Supplier<Hub> hub;

    /** Made by {@link #commandLine}. */
    private Zeuxis(Supplier<Hub> hub) {
        spec = CommandSpec.create();
        this.hub = hub;
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        String first = arguments.length == 0 ? "" : arguments[0];
        // what all the others take need not be read
        List<String> needed = COMMANDS.contains(first) ? List.of(first) : COMMANDS;
        CommandLine line = commandLine(ModelLoader.STANDARD, Hub::standard, needed);
        StandardOutput out = new StandardOutput();
        PrintWriter err = utf8(new FileOutputStream(FileDescriptor.err));
        line.setOut(utf8(out)).setErr(err);
        Interruption.install();
        String unspelled = ArgumentSpelling.fault(arguments);
        int code = unspelled == null ? line.execute(arguments) : ExitCode.USAGE;
        line.getOut().flush();
        String fault = unspelled == null ? out.fault() : unspelled;
        if (fault != null) err.println("zeuxis: " + fault);
        err.flush();
        Interruption.ended();
        System.exit(fault != null && code == ExitCode.OK ? ExitCode.SOFTWARE : code);
    }

    /** The whole command line; {@code models} opens what {@code --model} names. */
    public static CommandLine commandLine(ModelLoader models) {
        return commandLine(models, Hub::standard);
    }

    /** The same with another hub, which is made when a command needs it. */
    public static CommandLine commandLine(ModelLoader models, Supplier<Hub> hub) {
        return commandLine(models, hub, COMMANDS);
    }

    /** With some commands alone. */
    static CommandLine commandLine(ModelLoader models, Supplier<Hub> hub, List<String> commands) {
        CommandLine line = new CommandLine(new Zeuxis(hub));
        for (String name : commands) line.addSubcommand(command(name, models));
        line.registerConverter(Path.class, Zeuxis::path)
                .setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true);
        boolean traces = "1".equals(System.getenv("ZEUXIS_DEBUG"));
        return ErrorLine.install(line, traces);
    }

    private static Object command(String name, ModelLoader models) {
        return switch (name) {
            case "imagine" -> new ImagineCommand(models);
            case "sheet" -> new SheetCommand(models);
            case "vary" -> new VaryCommand();
            case "blend" -> new BlendCommand();
            case "edit" -> new EditCommand();
            case "upscale" -> new UpscaleCommand();
            case "describe" -> new DescribeCommand();
            case "chat" -> new ChatCommand();
            case "classify" -> new ClassifyCommand();
            case "evaluate" -> new EvaluateCommand();
            case "drawbench" -> new DrawBenchCommand();
            case "serve" -> new ServeCommand();
            case "pull" -> new PullCommand();
            case "search" -> new SearchCommand();
            case "train" -> new TrainCommand();
            case "assemble" -> new AssembleCommand();
            case "convert" -> new ConvertCommand();
            case "inspect" -> new InspectCommand();
            case "dataset" -> new DatasetCommand();
            case "doctor" -> new DoctorCommand();
            default -> throw new IllegalArgumentException("expected one of " + COMMANDS + ", got " + name);
        };
    }

    /** A script whose variable is not set asks for the path "", which would be the current folder. */
    private static Path path(String text) {
        if (!text.isEmpty()) return Path.of(text);
        throw new TypeConversionException("expected a path, got an empty one; . is the current folder");
    }

    @Override
    public Hub hub() {
        return hub.get();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expected a command, such as imagine \"a red apple\"");
    }

    /** Whatever the locale: prompts come back as they were given. */
    private static PrintWriter utf8(OutputStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }
}

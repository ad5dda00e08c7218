package org.zeuxis.app.describe;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.DTypeOption;
import org.zeuxis.app.option.DeviceOption;
import org.zeuxis.app.option.SpeakerOption;
import org.zeuxis.app.terminal.AnswerStop;
import org.zeuxis.app.terminal.ErrorLine;
import org.zeuxis.app.terminal.StepBar;
import org.zeuxis.image.Video;
import org.zeuxis.models.flamingo.Conversation;
import org.zeuxis.models.flamingo.FlamingoFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis chat}: questions about pictures, each answered with all before it in mind. */
@Command(
        name = "chat",
        description =
                "Talk about pictures: each line of standard input is a question, answered with all before it in mind.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Lines that are no question: /image FILE shows another picture or video, /again begins anew with those of the"
                    + " command line, /quit ends. Ctrl-C ends an answer; once more, the program."
        })
public final class ChatCommand implements Callable<Integer> {
    private static final String IMAGE = "/image";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "IMAGE|VIDEO", arity = "0..*", description = Shown.KINDS)
    private List<Path> images = List.of();

    @Mixin
    private SpeakerOption speaker = new SpeakerOption();

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private DTypeOption dtype = new DTypeOption();

    @Override
    public Integer call() throws IOException {
        String unused = speaker.name(spec);
        device.use();
        List<Shown> shown = new ArrayList<>();
        for (Path image : images) shown.add(Shown.open(image));
        try (FlamingoFolder folder = speaker.open(dtype.type(), spec)) {
            List<Video> first = new ArrayList<>();
            for (Shown one : shown) first.add(one.frames(folder.frames()));
            Conversation conversation = new Conversation(folder, speaker.tokens());
            first.forEach(conversation::show);
            // not closed: it is the process's
            BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = next(lines); line != null && !line.equals("/quit"); line = next(lines)) {
                try {
                    obey(line, conversation, folder, first);
                } catch (IOException | IllegalArgumentException e) {
                    say(ErrorLine.failure(e));
                }
            }
        }
        return ExitCode.OK;
    }

    private @Nullable String next(BufferedReader lines) throws IOException {
        if (StepBar.terminal()) {
            out().print("> ");
            out().flush();
        }
        String line = lines.readLine();
        return line == null ? null : line.strip();
    }

    private void obey(String line, Conversation conversation, FlamingoFolder folder, List<Video> first)
            throws IOException {
        if (line.isEmpty()) return;
        if (line.equals("/again")) {
            conversation.forget();
            first.forEach(conversation::show);
        } else if (line.startsWith(IMAGE + " ")) {
            Shown shown = Shown.open(path(line.substring(IMAGE.length()).strip()));
            conversation.show(shown.frames(folder.frames()));
        } else if (line.startsWith("/")) {
            throw new IllegalArgumentException("expected a question, /image FILE, /again or /quit, got " + line);
        } else if (conversation.sees()) {
            ask(line, conversation, folder);
        } else {
            throw new IllegalArgumentException(
                    "expected a picture to speak of, got none yet; show one with /image FILE");
        }
    }

    private static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("expected the name of a file, got " + name, e);
        }
    }

    private void ask(String question, Conversation conversation, FlamingoFolder folder) {
        int before = conversation.leftOut();
        AnswerStop stop = new AnswerStop();
        try (stop) {
            String unused = conversation.ask(question, word -> {
                if (stop.ends()) throw new CancellationException("stopped");
                out().print(word);
                out().flush();
            });
            out().println();
        } catch (CancellationException e) {
            out().println();
            if (!stop.ends()) say("the answer was stopped; Ctrl-C once more ends the program");
        }
        if (stop.ends()) throw new CancellationException("stopped");
        out().flush();
        if (conversation.leftOut() > before) {
            int count = conversation.leftOut();
            say("the context of the model is full; left out the oldest "
                    + (count == 1 ? "question and its answer" : count + " questions and their answers")
                    + ", not the pictures");
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private void say(String line) {
        out().flush();
        PrintWriter err = spec.commandLine().getErr();
        err.println(spec.qualifiedName() + ": " + line);
        err.flush();
    }
}

package org.zeuxis.app.terminal;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.zeuxis.app.Zeuxis;
import org.zeuxis.app.option.ModelLoader;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/**
 * The manual page of each command, in AsciiDoc, which the release makes pages for {@code man} of. It stands among the tests
 * since what writes it is no part of what runs.
 */
public final class ManualPages {
    private ManualPages() {}

    /** @param arguments the folder they are written into, and the version they are of */
    public static void main(String[] arguments) throws IOException {
        write(Path.of(arguments[0]), arguments[1]);
    }

    static void write(Path folder, String version) throws IOException {
        CommandSpec spec = Zeuxis.commandLine(ModelLoader.STANDARD).getCommandSpec();
        sign(spec, version);
        Files.createDirectories(folder);
        File noTemplates = null;
        boolean[] silent = {};
        int code = ManPageGenerator.generateManPage(folder.toFile(), noTemplates, silent, true, spec);
        if (code != 0) throw new IOException(folder + ": expected manual pages, got exit code " + code);
        try (DirectoryStream<Path> pages = Files.newDirectoryStream(folder, "*.adoc")) {
            for (Path page : pages) Files.writeString(page, bracketed(Files.readString(page)));
        }
    }

    /** With the synopsis' inner brackets by name: AsciiDoc takes [:PORT] before emphasised text for a style. */
    private static String bracketed(String page) {
        int from = page.indexOf("== Synopsis");
        int to = page.indexOf("// end::", from);
        StringBuilder all = new StringBuilder(page.substring(0, from));
        Deque<Boolean> named = new ArrayDeque<>();
        for (int i = from; i < to; i++) {
            char c = page.charAt(i);
            if (c == '[') named.push(!named.isEmpty() && "*_[".indexOf(page.charAt(i + 1)) < 0);
            if (c == '[' && named.element()) all.append("{startsb}");
            else if (c == ']' && named.pop()) all.append("{endsb}");
            else all.append(c);
        }
        return all.append(page.substring(to)).toString();
    }

    /** Each page says which version it is of, and what help says last under a heading, without which it would be left out. */
    private static void sign(CommandSpec spec, String version) {
        if (spec.usageMessage().footer().length > 0) spec.usageMessage().footerHeading("Notes%n");
        spec.versionProvider(() -> new String[] {"zeuxis " + version});
        for (CommandLine each : spec.subcommands().values()) sign(each.getCommandSpec(), version);
    }
}

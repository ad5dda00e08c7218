package org.zeuxis.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.Zeuxis;
import org.zeuxis.app.option.ModelLoader;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What the release makes manual pages of. */
class ManualPagesTest {
    @TempDir
    private Path folder;

    private int pages;

    @Test
    void everyCommandHasAPageWithAllItsOptions() throws IOException {
        ManualPages.write(folder, "1.2.3");
        expectPage(Zeuxis.commandLine(ModelLoader.STANDARD).getCommandSpec());
        assertThat(pages).isGreaterThan(30);
        assertThat(Files.readString(folder.resolve("zeuxis-drawbench-rate.adoc")))
                .contains("--rater");
        assertThat(Files.readString(folder.resolve("zeuxis-serve.adoc")))
                .contains("[*--allow-host*=_HOST{startsb}:PORT{endsb}_]...");
    }

    private void expectPage(CommandSpec spec) throws IOException {
        String name = spec.qualifiedName("-");
        String page = Files.readString(folder.resolve(name + ".adoc"));
        assertThat(page).contains("= " + name + "(1)", ":mansource: zeuxis 1.2.3\n");
        for (OptionSpec option : spec.options()) {
            if (!option.hidden()) assertThat(page).as(name).contains(option.longestName());
        }
        pages++;
        for (CommandLine each : spec.subcommands().values()) {
            if (!each.getCommandSpec().usageMessage().hidden()) expectPage(each.getCommandSpec());
        }
    }
}

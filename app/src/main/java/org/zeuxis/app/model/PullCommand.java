package org.zeuxis.app.model;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.zeuxis.app.option.NamedModel;
import org.zeuxis.app.terminal.PullBar;
import org.zeuxis.hub.Hub;
import org.zeuxis.hub.client.ModelName;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis pull}: a model of the hub into the cache. */
@Command(
        name = "pull",
        description = "Download a model from the Hugging Face hub into its cache, and print where it is.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Read from the environment, as Python's huggingface_hub does: HF_HOME, HF_HUB_CACHE, HF_TOKEN, HF_TOKEN_PATH,",
            "HF_ENDPOINT, HF_HUB_OFFLINE=1, HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY, and",
            "HF_HUB_DOWNLOAD_TIMEOUT: for how many seconds a server may send less than 4 KiB/s (default: 10).",
            "A busy or failing server is asked up to 5 times, within 3 such timeouts, unless data keeps coming.",
            "What has been downloaded is kept: pull again to continue."
        })
public final class PullCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "ORG/NAME[@REVISION]",
            description = "The model, optionally at a branch, tag or commit (default: main).")
    private String model = "";

    @Override
    public Integer call() throws IOException {
        if (!ModelName.matches(model)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "expected a model such as openai/clip-vit-base-patch32, a revision after @ if need be, got "
                            + model);
        }
        Hub hub = NamedModel.hub(spec);
        PrintWriter out = spec.commandLine().getOut();
        Path folder = PullBar.watching(spec.commandLine().getErr(), progress -> hub.pull(model, progress));
        out.println(folder);
        out.flush();
        return ExitCode.OK;
    }
}

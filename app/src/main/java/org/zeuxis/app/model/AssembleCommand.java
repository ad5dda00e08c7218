package org.zeuxis.app.model;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.file.AtomicFolder;
import org.zeuxis.models.unclip.UnClip;
import org.zeuxis.models.unclip.Upsampling;
import org.zeuxis.models.unclip.prior.Prior;
import org.zeuxis.tensor.DType;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis assemble}: one DALL·E 2 of the parts that recipes trained. */
@Command(
        name = "assemble",
        description = "Put a DALL·E 2 together of a decoder, priors and upsamplers that were trained one by one.",
        mixinStandardHelpOptions = true)
public final class AssembleCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "INTO", description = "The new folder, which must not exist.")
    private Path into = Path.of("");

    @Option(
            names = "--decoder",
            paramLabel = "FOLDER",
            required = true,
            description =
                    "The model of a run of unclip-decoder, or one assembled before; its CLIP comes with it, and of its"
                            + " other parts those that are not given anew.")
    private Path decoder = Path.of("");

    @Option(
            names = "--prior",
            paramLabel = "FOLDER",
            description =
                    "The model of a run of diffusion-prior or autoregressive-prior, again for another; the first one"
                            + " draws unless another is asked for.")
    private List<Path> priors = new ArrayList<>();

    @Option(
            names = "--upsampler",
            paramLabel = "FOLDER",
            description = "The model of a run of unclip-upsampler, again for another; from small to large.")
    private List<Path> upsamplers = new ArrayList<>();

    @Option(
            names = "--shipped-clip",
            description =
                    "Leave the CLIP out, which must be the one that ships with Zeuxis: a smaller folder, that opens"
                            + " here alone.")
    private boolean shippedClip;

    @Override
    public Integer call() throws IOException {
        List<Prior> drawing = new ArrayList<>();
        List<Upsampling> enlarging = new ArrayList<>();
        for (Path folder : priors) drawing.add(Prior.load(ModelFolder.open(folder)));
        for (Path folder : upsamplers) enlarging.add(Upsampling.load(folder, DType.FLOAT32));
        try (UnClip trained = UnClip.load(decoder, DType.FLOAT32);
                UnClip model = trained.withPriors(priors.isEmpty() ? trained.priors() : drawing)
                        .withUpsamplings(upsamplers.isEmpty() ? trained.upsamplings() : enlarging)) {
            AtomicFolder.write(into, unfinished -> {
                if (shippedClip) model.saveOverShippedClip(unfinished);
                else model.save(unfinished);
            });
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(into);
        out.flush();
        return ExitCode.OK;
    }
}

package org.zeuxis.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.tensor.Engine;
import picocli.CommandLine;

/** {@code zeuxis train}: one line and an exit code for each way it can go wrong. */
final class TrainCommandTest {
    @TempDir
    Path folder;

    private record Result(int code, String err) {}

    private static Result train(String... arguments) {
        CommandLine line = Zeuxis.commandLine(ModelLoader.STANDARD);
        StringWriter err = new StringWriter();
        line.setErr(new PrintWriter(err, true));
        List<String> all = new ArrayList<>(List.of("train"));
        all.addAll(List.of(arguments));
        int code = line.execute(all.toArray(String[]::new));
        return new Result(code, err.toString());
    }

    private static void oneLine(Result result, int code, String says) {
        assertThat(result.code()).as(result.err()).isEqualTo(code);
        assertThat(result.err().strip().lines()).hasSize(1);
        assertThat(result.err()).contains(says);
    }

    @Test
    void noRecipe() {
        oneLine(train(), 2, "CONFIG");
    }

    @Test
    void aRecipeThatIsNotThere() {
        oneLine(train(folder.resolve("none.json").toString()), 1, "none.json");
    }

    @Test
    void aDeviceThatIsNone() {
        oneLine(
                train("recipe.json", "--device", "tpu"),
                2,
                "--device: expected cpu, cuda or a number as in cuda:1, got tpu");
    }

    @Test
    void aDeviceThatIsNotThere() {
        oneLine(
                train("recipe.json", "--device", "cuda:99"),
                2,
                "got cuda:99 of " + Engine.cudaDevices() + " CUDA devices");
    }

    @Test
    void aWrongValue() throws IOException {
        Path config = Files.writeString(folder.resolve("wrong.json"), "{\"recipe\": \"painting\"}");
        oneLine(
                train(config.toString()),
                1,
                "expected a recipe of autoencoder, classifier, clip, latent-diffusion, got painting");
    }

    @Test
    void dataThatIsNotThereLeavesNothingHalfBegun() throws IOException {
        Path run = folder.resolve("run");
        Path config = Files.writeString(
                folder.resolve("lost.json"),
                "{\"recipe\": \"autoencoder\", \"run\": \"run\", \"data\": {\"dataset\": \"no/such/folder\"}, \"model\":"
                        + " {\"block_out_channels\": [8], \"norm_num_groups\": 2}, \"training\": {\"steps\": 1,"
                        + " \"batch\": 1, \"learning_rate\": 1e-3, \"warm_up\": 0}}");
        oneLine(train(config.toString(), "--run", run.toString()), 1, "no/such/folder");
        assertThat(run).doesNotExist();
    }
}

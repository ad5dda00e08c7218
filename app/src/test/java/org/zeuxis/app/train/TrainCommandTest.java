package org.zeuxis.app.train;

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
import org.zeuxis.app.CommandRun;
import org.zeuxis.app.Zeuxis;
import org.zeuxis.app.option.ModelLoader;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
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
                "expected a recipe of autoencoder, autoregressive-prior, classifier, clip, diffusion-prior, flamingo,"
                        + " imagen-base, imagen-upsampler, language-model, latent-consistency, latent-diffusion, unclip-decoder,"
                        + " unclip-upsampler, got painting");
    }

    @Test
    void aFolderIsNoRecipe() {
        oneLine(train(folder.toString()), 1, folder + ": expected a recipe, got a folder; if it holds pictures");
    }

    @Test
    void aRunThatIsNotThereCannotGoOn() throws IOException {
        Path config = tiny(1);
        oneLine(train(config.toString(), "--resume"), 1, "expected the folder of a run to resume, got nothing");
    }

    @Test
    void saysWhatIsLeftOutAndThatARunIsFinishedAndGoesOnWithMoreSteps() throws IOException {
        Path config = tiny(1);
        Result first = train(config.toString());
        oneLine(first, 0, "left out of the data: b.gif: is .gif, not .png, .jpg or .webp; convert it");
        CommandRun again = CommandRun.of("train", config.toString(), "--resume");
        assertThat(again.out()).contains("finished before, at step 1; to go on, raise steps in " + config);
        CommandRun longer = CommandRun.of("train", tiny(2).toString(), "--resume");
        assertThat(longer.err()).contains("goes on from step 1 to 2 instead of 1 steps");
        assertThat(longer.out()).contains("step 2  loss ");
    }

    private Path tiny(int steps) throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));
        ImageFile.write(data.resolve("a.png"), new Image(16, 16, 3, new byte[768]));
        Files.writeString(data.resolve("b.gif"), "x");
        return Files.writeString(
                folder.resolve("tiny.json"),
                "{\"recipe\": \"autoencoder\", \"run\": \"" + folder.resolve("run") + "\", \"data\": {\"dataset\": \""
                        + data + "\", \"size\": 16}, \"model\": {\"block_out_channels\": [8], \"norm_num_groups\": 2},"
                        + " \"training\": {\"steps\": " + steps
                        + ", \"batch\": 1, \"learning_rate\": 1e-3, \"warm_up\": 0}}");
    }

    @Test
    void dataThatIsNotThereLeavesNothingHalfBegun() throws IOException {
        Path run = folder.resolve("run");
        Path config = Files.writeString(
                folder.resolve("lost.json"),
                "{\"recipe\": \"autoencoder\", \"run\": \"run\", \"data\": {\"dataset\": \"no/such/folder\"}, \"model\":"
                        + " {\"block_out_channels\": [8], \"norm_num_groups\": 2}, \"training\": {\"steps\": 1,"
                        + " \"batch\": 1, \"learning_rate\": 1e-3, \"warm_up\": 0}}");
        oneLine(train(config.toString(), "--run", run.toString()), 1, "dataset of the recipe, no/such/folder");
        assertThat(run).doesNotExist();
    }
}

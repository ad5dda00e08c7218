package org.zeuxis.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.zeuxis.hub.HubBench.CONFIG;
import static org.zeuxis.hub.HubBench.REPOSITORY;
import static org.zeuxis.hub.HubBench.WEIGHTS;
import static org.zeuxis.hub.HubBench.await;
import static org.zeuxis.hub.HubBench.golden;
import static org.zeuxis.hub.HubBench.tree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.hub.client.HubException;
import org.zeuxis.models.TextToImage;

/** Pulling from a hub on this machine: what ends up in the cache, and how often it is asked. */
class HubTest {
    @TempDir
    Path cache;

    private HubBench at;

    @BeforeEach
    void start() throws IOException {
        at = new HubBench(cache);
    }

    @AfterEach
    void stop() {
        at.close();
    }

    @Test
    void pullsIntoTheLayoutOfHuggingFace() throws IOException {
        HubBench.Told told = new HubBench.Told();
        Path snapshot = at.hub().pull(FakeHub.MODEL, told);
        Path repository = cache.resolve(REPOSITORY);
        assertThat(snapshot).isEqualTo(repository.resolve("snapshots").resolve(FakeHub.COMMIT));
        assertThat(tree(repository))
                .containsExactlyInAnyOrder(
                        "blobs/" + FakeHub.hash(CONFIG),
                        "blobs/" + FakeHub.hash(WEIGHTS),
                        "refs/main",
                        "snapshots/" + FakeHub.COMMIT + "/config.json",
                        "snapshots/" + FakeHub.COMMIT + "/sub/folder/model.safetensors");
        assertThat(repository.resolve("refs/main")).hasContent(FakeHub.COMMIT);
        assertThat(Files.readSymbolicLink(snapshot.resolve("config.json")))
                .hasToString("../../blobs/" + FakeHub.hash(CONFIG));
        assertThat(Files.readSymbolicLink(snapshot.resolve("sub/folder/model.safetensors")))
                .hasToString("../../../../blobs/" + FakeHub.hash(WEIGHTS));
        assertThat(snapshot.resolve("config.json")).hasBinaryContent(CONFIG);
        at.expectWeights(snapshot);
        assertThat(tree(cache.resolve(".locks"))).contains(REPOSITORY + "/" + FakeHub.hash(WEIGHTS) + ".lock");
        assertThat(told.lines)
                .contains(
                        "begins some-org/some.model 2 " + (WEIGHTS.length + CONFIG.length),
                        "received sub/folder/model.safetensors " + WEIGHTS.length + " of " + WEIGHTS.length);
    }

    @Test
    void whatCannotBeOpenedIsNamedBeforeItsWeightsAreDownloaded() throws IOException {
        at.server
                .with("model_index.json", "{\"_class_name\": \"StableDiffusionXLPipeline\"}")
                .with("unet/config.json", "{}")
                .with("unet/diffusion_pytorch_model.safetensors", WEIGHTS);
        Models models = Models.of(at::hub, PullProgress.NONE);
        assertThatThrownBy(() -> models.open(FakeHub.MODEL, TextToImage.class))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(FakeHub.MODEL + ": expected a Stable Diffusion 1.x or 2.x")
                .hasMessageContaining("got a Stable Diffusion XL pipeline (StableDiffusionXLPipeline)");
        assertThat(at.server.downloads()).noneMatch(request -> request.path().endsWith(".safetensors"));
    }

    @Test
    void secondPullAsksForTheListingOnly() throws IOException {
        Path first = at.hub().pull(FakeHub.MODEL, PullProgress.NONE);
        at.server.requests.clear();
        HubBench.Told told = new HubBench.Told();
        assertThat(at.hub().pull(FakeHub.MODEL, told)).isEqualTo(first);
        assertThat(at.server.requests).hasSize(1);
        assertThat(told.lines).isEmpty();
    }

    @Test
    void commitIsItsOwnReference() throws IOException {
        at.hub().pull(FakeHub.MODEL + "@" + FakeHub.COMMIT, PullProgress.NONE);
        assertThat(cache.resolve(REPOSITORY).resolve("refs")).doesNotExist();
        assertThat(at.offline().pull(FakeHub.MODEL + "@" + FakeHub.COMMIT, PullProgress.NONE))
                .isDirectory();
    }

    @Test
    void offlineTheCacheIsAllThereIs() throws IOException {
        assertThatThrownBy(() -> at.offline().model(FakeHub.MODEL, PullProgress.NONE))
                .isInstanceOf(HubException.class)
                .hasMessageContaining(
                        "as HF_HUB_OFFLINE is set, got none; unset it and run zeuxis pull some-org/some.model");
        assertThat(at.server.requests).isEmpty();
        Path snapshot = at.hub().pull(FakeHub.MODEL, PullProgress.NONE);
        at.server.requests.clear();
        assertThat(at.offline().model(FakeHub.MODEL, PullProgress.NONE)).isEqualTo(snapshot);
        assertThat(at.offline().pull(FakeHub.MODEL, PullProgress.NONE)).isEqualTo(snapshot);
        assertThat(at.server.requests).isEmpty();
    }

    @Test
    void modelThatWasPulledIsNotAskedForAgain() throws IOException {
        at.server.with("model.safetensors", Files.readAllBytes(golden("unet-small.safetensors")));
        Path snapshot = at.hub().model(FakeHub.MODEL, PullProgress.NONE);
        at.server.requests.clear();
        assertThat(at.hub().model(FakeHub.MODEL, PullProgress.NONE)).isEqualTo(snapshot);
        assertThat(at.server.requests).isEmpty();
        // as Python leaves it when only the tokenizer was wanted
        Files.delete(snapshot.resolve("model.safetensors"));
        at.hub().model(FakeHub.MODEL, PullProgress.NONE);
        assertThat(snapshot.resolve("model.safetensors")).isRegularFile();
    }

    @Test
    void manyThreadsDownloadOnce() throws Exception {
        CountDownLatch all = new CountDownLatch(4);
        at.server.fault((request, exchange) -> {
            // nobody gets content before everybody knows its hash
            if (request.method().equals("HEAD") && request.path().endsWith(".json")) all.countDown();
            if (request.method().equals("GET") && request.path().contains("/resolve/")) await(all);
            return false;
        });
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Path>> pulls = new ArrayList<>();
            for (int i = 0; i < 4; i++)
                pulls.add(threads.submit(() -> at.hub().pull(FakeHub.MODEL, PullProgress.NONE)));
            for (Future<Path> pull : pulls) {
                assertThat(pull.get().resolve("sub/folder/model.safetensors")).hasBinaryContent(WEIGHTS);
            }
        } finally {
            threads.shutdownNow();
        }
        // small, large, and large at the other server
        assertThat(at.server.downloads()).hasSize(3);
    }

    @Test
    void twoProcessesDownloadOnce() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        at.server.fault((request, exchange) -> {
            if (request.method().equals("HEAD") && request.path().endsWith(".json")) both.countDown();
            if (request.method().equals("GET") && request.path().contains("/resolve/")) await(both);
            return false;
        });
        List<Process> processes =
                List.of(PullOnce.start(at.server.endpoint(), cache), PullOnce.start(at.server.endpoint(), cache));
        for (Process process : processes) {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.exitValue()).as(said).isZero();
        }
        assertThat(both.getCount()).isZero();
        assertThat(at.server.downloads()).hasSize(3);
    }

    /** As diffusers leaves it when it is asked for without its safety checker, in one precision: no lock, no whole index. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pipelineThatPythonPulledInPartIsWhole(boolean configurationOfTheChecker) throws IOException {
        Path snapshot = cache.resolve(REPOSITORY).resolve("snapshots").resolve(FakeHub.COMMIT);
        for (String component : List.of("unet", "vae", "text_encoder")) {
            Files.createDirectories(snapshot.resolve(component));
            Files.writeString(snapshot.resolve(component).resolve("config.json"), "{}");
            String stem = component.equals("text_encoder") ? "model" : "diffusion_pytorch_model";
            Files.copy(
                    golden("unet-small.safetensors"),
                    snapshot.resolve(component).resolve(stem + ".fp16.safetensors"));
        }
        Files.createDirectories(snapshot.resolve("scheduler"));
        Files.createDirectories(snapshot.resolve("tokenizer"));
        Files.writeString(snapshot.resolve("model_index.json"), """
                {"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"],
                 "vae": ["diffusers", "AutoencoderKL"], "text_encoder": ["transformers", "CLIPTextModel"],
                 "scheduler": ["diffusers", "PNDMScheduler"], "tokenizer": ["transformers", "CLIPTokenizer"],
                 "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
                 "feature_extractor": ["transformers", "CLIPImageProcessor"]}
                """);
        if (configurationOfTheChecker) {
            Files.createDirectories(snapshot.resolve("safety_checker"));
            Files.writeString(snapshot.resolve("safety_checker/config.json"), "{}");
        }
        Path ref = cache.resolve(REPOSITORY).resolve("refs/main");
        Files.createDirectories(HubCache.parent(ref));
        Files.writeString(ref, FakeHub.COMMIT);
        List<String> before = tree(cache);
        assertThat(at.hub().model(FakeHub.MODEL, PullProgress.NONE)).isEqualTo(snapshot);
        assertThat(at.offline().model(FakeHub.MODEL, PullProgress.NONE)).isEqualTo(snapshot);
        assertThat(at.server.requests).isEmpty();
        // so that a cache on a disk that cannot be written serves too
        assertThat(tree(cache)).isEqualTo(before);

        Files.delete(snapshot.resolve("vae/diffusion_pytorch_model.fp16.safetensors"));
        at.hub().model(FakeHub.MODEL, PullProgress.NONE);
        assertThat(at.server.requests).isNotEmpty();
    }

    @Test
    void cacheThatCannotBeWrittenIsNamed() throws IOException {
        Files.writeString(cache.resolve(REPOSITORY), "a file where a folder should be");
        at.refused(cache + ": expected to write ", "; make that possible or set HF_HUB_CACHE to another folder");
    }
}

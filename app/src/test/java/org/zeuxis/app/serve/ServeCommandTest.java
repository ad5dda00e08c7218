package org.zeuxis.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;

/** How it is started, what it refuses to be started with, and how it ends. */
@Timeout(120)
class ServeCommandTest {
    @TempDir
    private Path folder = Path.of("");

    private static void refused(String words, String... options) {
        String[] all = new String[options.length + 1];
        all[0] = "serve";
        System.arraycopy(options, 0, all, 1, options.length);
        CommandRun run = CommandRun.of(all);
        assertThat(run.err()).hasLineCount(1).contains(words);
        assertThat(run.code()).isNotZero();
        assertThat(run.out()).isEmpty();
    }

    @Test
    void whatCannotBeServedIsRefused() throws Exception {
        refused(
                "--host: expected a token for an address that others reach, got 0.0.0.0 and none; give one with"
                        + " --token-file or in ZEUXIS_TOKEN, or leave --host out",
                "--host",
                "0.0.0.0");
        refused("--port: expected 0 to 65535, got 65536", "--port", "65536");
        refused("--queue: expected 1 to 10000, got 0", "--queue", "0");
        refused("--model: expected pictograms, a folder", "--model", "nowhere");
        refused(
                "--allow-host: expected the name of a host, such as pictures.example.org, got https://example.org/",
                "--allow-host",
                "https://example.org/");
        Path tokens = Files.writeString(folder.resolve("tokens"), "short\n");
        refused(
                tokens + ": expected tokens of at least 16 characters, got one of 5; openssl rand -hex 32 makes one",
                "--token-file",
                tokens.toString());
        Files.writeString(tokens, "# none\n");
        refused(tokens + ": expected a token in each line, got none", "--token-file", tokens.toString());
        try (RunningServer server = RunningServer.start(folder.resolve("results"), "--model", CommandRun.TINY)) {
            String port = Integer.toString(server.address().getPort());
            refused(
                    "--port: expected one that is free, got " + port
                            + ", which is in use or not allowed; name another, or 0" + " for any",
                    "--port",
                    port,
                    "--results",
                    folder.resolve("other").toString());
        }
    }

    private record Served(Process process, URI address) {
        static Served start(Path results) throws Exception {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            "org.zeuxis.app.Zeuxis",
                            "serve",
                            "--port",
                            "0",
                            "--model",
                            CommandRun.TINY,
                            "--results",
                            results.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            BufferedReader out = process.inputReader();
            String said = String.valueOf(out.readLine());
            return new Served(process, URI.create(said.substring(0, said.indexOf("v1 "))));
        }

        CompletableFuture<HttpResponse<String>> ask(String body) {
            return HttpClient.newHttpClient()
                    .sendAsync(
                            HttpRequest.newBuilder(address.resolve("/v1/images/generations"))
                                    .POST(BodyPublishers.ofString(body))
                                    .build(),
                            BodyHandlers.ofString());
        }

        HttpResponse<String> get(String path) throws Exception {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(address.resolve(path)).build(), BodyHandlers.ofString());
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void itEndsWithWhatItDrawsAndHandsBackWhatWaits() throws Exception {
        Served served = Served.start(folder);
        CompletableFuture<HttpResponse<String>> drawn = served.ask("{\"prompt\":\"a cat\",\"steps\":40}");
        while (!served.get("/v1/zeuxis/queue").body().contains("\"computing\":true")) Thread.sleep(5);
        CompletableFuture<HttpResponse<String>> waits = served.ask("{\"prompt\":\"a dog\",\"steps\":40}");
        while (!served.get("/v1/zeuxis/queue").body().contains("\"waiting\":1")) Thread.sleep(2);
        served.process.destroy(); // as kill does
        assertThat(waits.get().statusCode()).isEqualTo(503);
        assertThat(waits.get().headers().firstValue("Retry-After")).contains("10");
        assertThat(drawn.get().statusCode()).isEqualTo(200);
        served.process.waitFor();
        String id = drawn.get().headers().firstValue("Zeuxis-Job").orElseThrow();
        // and -9 loses nothing that was answered
        Served again = Served.start(folder);
        HttpResponse<String> second =
                again.ask("{\"prompt\":\"a cat\",\"steps\":1}").get();
        again.process.destroyForcibly().waitFor();
        Served third = Served.start(folder);
        for (String each :
                new String[] {id, second.headers().firstValue("Zeuxis-Job").orElseThrow()}) {
            assertThat(third.get("/v1/zeuxis/jobs/" + each).body()).contains("\"status\":\"finished\"");
        }
        third.process.destroyForcibly().waitFor();
    }
}

package org.zeuxis.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many clients of {@code zeuxis serve}, some of whom cancel, while the server is killed once with -9 and started again: how many pictures
 * that were said to be finished are lost, how long requests waited, and the memory that the server held. {@code runs/serve-load.sh} runs it.
 */
public final class ServeLoad {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final int STATEMENTS = 10; // of memory, while it runs

    /**
     * What is asked for.
     *
     * @param cancelled how many of {@code requests} are cancelled, evenly spread among them
     */
    private record Load(String model, int requests, int clients, int cancelled, int steps, String size) {
        boolean cancels(int i) {
            return (long) (i + 1) * cancelled / requests > (long) i * cancelled / requests;
        }

        String body(int i, int client) {
            return "{\"prompt\":\"a red car\",\"steps\":" + steps + ",\"size\":\"" + size + "\",\"seed\":" + i
                    + ",\"user\":\"client " + client + "\"}";
        }
    }

    /** The server in a process of its own. */
    private record Server(Process process) {
        static Server start(Load load, int port, Path results) throws IOException {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "org.zeuxis.app.Zeuxis",
                            "serve",
                            "--port",
                            Integer.toString(port),
                            "--model",
                            load.model,
                            "--keep",
                            Integer.toString(2 * load.requests),
                            "--results",
                            results.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            BufferedReader out = process.inputReader();
            String line = out.readLine();
            if (line == null) throw new IOException("expected a server, got one that ended: " + load.model);
            return new Server(process);
        }

        /** MB of memory that the system holds for it; 0 where it does not tell. */
        long memory() throws IOException {
            Path status = Path.of("/proc", Long.toString(process.pid()), "status");
            if (!Files.exists(status)) return 0;
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("\\D", "")) / 1000;
            }
            return 0;
        }
    }

    private final Load load;
    private final int port;
    private final Path results;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Queue<String> finished = new ConcurrentLinkedQueue<>();
    private final Queue<Double> waits = new ConcurrentLinkedQueue<>();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final AtomicInteger tooLate = new AtomicInteger();
    private final AtomicInteger askedAgain = new AtomicInteger();
    private final AtomicInteger putOff = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    private ServeLoad(Load load, int port, Path results) {
        this.load = load;
        this.port = port;
        this.results = results;
    }

    /** @param args the model, and then, each of which may be left out: requests, clients, cancelled, steps, size */
    public static void main(String[] args) throws Exception {
        if (args.length < 1) {
            System.err.println("expected MODEL [REQUESTS [CLIENTS [CANCELLED [STEPS [SIZE]]]]], got nothing");
            System.exit(2);
        }
        Load load = new Load(
                args[0],
                number(args, 1, 1000),
                number(args, 2, 50),
                number(args, 3, 200),
                number(args, 4, 4),
                args.length > 5 ? args[5] : "64x64");
        Path results = Files.createTempDirectory("serve-load");
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        int lost = new ServeLoad(load, port, results).run();
        System.exit(lost == 0 ? 0 : 1);
    }

    private static int number(String[] args, int i, int otherwise) {
        return args.length > i ? Integer.parseInt(args[i]) : otherwise;
    }

    private int run() throws Exception {
        long began = System.nanoTime();
        Server server = Server.start(load, port, results);
        System.out.printf(Locale.ROOT, "ready after %.1f s, %d MB%n", seconds(began), server.memory());
        ExecutorService clients = Executors.newFixedThreadPool(load.clients);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < load.clients; i++) {
            int client = i;
            all.add(clients.submit(() -> ask(client)));
        }
        clients.shutdown();
        boolean killed = false;
        int told = 0;
        try {
            while (!clients.isTerminated()) {
                Thread.sleep(LOOK.toMillis());
                int over = finished.size() + cancelled.get();
                if (over * STATEMENTS / load.requests > told) {
                    told = over * STATEMENTS / load.requests;
                    System.out.printf(Locale.ROOT, "%d over, %d MB%n", over, server.memory());
                }
                if (!killed && over >= load.requests / 2) {
                    killed = true;
                    server.process.destroyForcibly().waitFor();
                    server = Server.start(load, port, results);
                    System.out.printf(Locale.ROOT, "killed and started again, %d MB%n", server.memory());
                }
            }
            for (Future<?> each : all) each.get();
            return report(began, server);
        } finally {
            server.process.destroy();
            server.process.waitFor();
        }
    }

    private int report(long began, Server server) throws Exception {
        int lost = 0;
        for (String id : finished) if (!isThere(id)) lost++;
        List<Double> sorted = new ArrayList<>(waits);
        Collections.sort(sorted);
        double p95 = sorted.isEmpty() ? 0 : sorted.get((int) Math.ceil(0.95 * sorted.size()) - 1);
        System.out.println(
                "| requests | finished | cancelled | finished before they could be | failed | asked again after the kill"
                        + " | put off | lost | p95 of the wait, s | all of it, s | memory at the end, MB |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
        System.out.printf(
                Locale.ROOT,
                "| %d | %d | %d | %d | %d | %d | %d | %d | %.2f | %.1f | %d |%n",
                load.requests,
                finished.size(),
                cancelled.get(),
                tooLate.get(),
                failed.get(),
                askedAgain.get(),
                putOff.get(),
                lost,
                p95,
                seconds(began),
                server.memory());
        return lost + failed.get();
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    /** Whether a picture that was said to be finished can be seen. */
    private boolean isThere(String id) throws IOException, InterruptedException {
        HttpResponse<String> job = send(to("/v1/zeuxis/jobs/" + id));
        String picture = JSON.readTree(job.body()).path("pictures").path(0).asText();
        if (job.statusCode() != 200 || picture.isEmpty()) return false;
        HttpResponse<byte[]> png = http.send(to(picture).build(), BodyHandlers.ofByteArray());
        return png.statusCode() == 200 && png.body().length > 8 && png.body()[1] == 'P';
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(ANSWER);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private void ask(int client) {
        try {
            for (int i = next.getAndIncrement(); i < load.requests; i = next.getAndIncrement()) {
                while (!isOver(i, client)) askedAgain.incrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks once; not over if the server was killed meanwhile, and knows nothing of it any more. */
    private boolean isOver(int i, int client) throws InterruptedException {
        String id = accepted(i, client);
        long began = System.nanoTime();
        boolean cancels = load.cancels(i);
        boolean waits = true;
        while (true) {
            JsonNode status;
            try {
                HttpRequest.Builder request = to("/v1/zeuxis/jobs/" + id);
                HttpResponse<String> response = send(cancels ? request.DELETE() : request);
                if (response.statusCode() == 404) return false;
                status = JSON.readTree(response.body());
            } catch (IOException e) {
                Thread.sleep(LOOK.toMillis()); // it is down
                continue;
            }
            String state = status.path("status").asText();
            if (waits && !state.equals("queued")) {
                waits = false;
                if (!cancels) this.waits.add(seconds(began));
            }
            switch (state) {
                case "finished" -> {
                    if (cancels) tooLate.incrementAndGet();
                    finished.add(id);
                    return true;
                }
                case "cancelled" -> {
                    cancelled.incrementAndGet();
                    return true;
                }
                case "failed" -> {
                    failed.incrementAndGet();
                    return true;
                }
                default -> Thread.sleep(LOOK.toMillis());
            }
        }
    }

    /** The id of the job, once there was a place for it. */
    private String accepted(int i, int client) throws InterruptedException {
        while (true) {
            try {
                HttpResponse<String> response = send(to("/v1/images/generations")
                        .header("Prefer", "respond-async")
                        .POST(BodyPublishers.ofString(load.body(i, client))));
                if (response.statusCode() == 202) {
                    return JSON.readTree(response.body()).path("id").asText();
                }
                if (response.statusCode() < 429) throw new IllegalStateException(response.body());
                putOff.incrementAndGet();
            } catch (IOException e) {
                // it is down
            }
            Thread.sleep(LOOK.toMillis());
        }
    }
}

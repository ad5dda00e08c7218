package org.zeuxis.app.serve;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.zeuxis.app.Zeuxis;
import org.zeuxis.app.option.ModelLoader;
import picocli.CommandLine;

/** {@code zeuxis serve} in this process, on a free port, until it is closed. */
record RunningServer(Thread thread, URI address, StringWriter err) implements AutoCloseable {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    static RunningServer start(Path results, String... more) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("serve", "--port", "0", "--results", results.toString()));
        arguments.addAll(List.of(more));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Zeuxis.commandLine(ModelLoader.STANDARD)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));
        Thread thread = new Thread(() -> line.execute(arguments.toArray(String[]::new)), "serve");
        thread.start();
        while (!out.toString().contains("Ctrl-C")) {
            if (!thread.isAlive()) throw new IOException("the server did not start: " + err);
            Thread.sleep(5);
        }
        String said = out.toString();
        return new RunningServer(thread, URI.create(said.substring(0, said.indexOf("v1 "))), err);
    }

    OpenAIClient client() {
        return client("no token");
    }

    OpenAIClient client(String token) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(address + "v1")
                .apiKey(token)
                .maxRetries(0)
                .build();
    }

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(address.resolve(path));
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send(with(to(path), headers));
    }

    HttpResponse<String> post(String path, String body, String... headers) throws IOException, InterruptedException {
        return send(with(to(path).POST(BodyPublishers.ofString(body)), headers));
    }

    HttpResponse<String> post(String path, FormData form, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = to(path).header("Content-Type", FormData.type());
        return send(with(request.POST(BodyPublishers.ofByteArray(form.bytes())), headers));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder with(HttpRequest.Builder request, String... headers) {
        return headers.length == 0 ? request : request.headers(headers);
    }

    /** What comes back for these very bytes, up to where the server ends it. */
    String raw(String request) throws IOException {
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout(20_000);
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
            } catch (IOException e) {
                // it may be refused before all of it is sent
            }
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

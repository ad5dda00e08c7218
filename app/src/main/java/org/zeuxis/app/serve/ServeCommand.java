package org.zeuxis.app.serve;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.drawbench.Rating;
import org.zeuxis.app.option.DTypeOption;
import org.zeuxis.app.option.DeviceOption;
import org.zeuxis.app.option.NamedModel;
import org.zeuxis.app.queue.GenerationQueue;
import org.zeuxis.app.queue.QueueLimits;
import org.zeuxis.app.queue.ResultFolder;
import org.zeuxis.app.queue.Ticket;
import org.zeuxis.app.serve.api.Abilities;
import org.zeuxis.app.serve.api.AllowedHosts;
import org.zeuxis.app.serve.api.OpenModels;
import org.zeuxis.app.serve.api.SentPictures;
import org.zeuxis.app.serve.api.ServedIndex;
import org.zeuxis.app.serve.api.ServedModels;
import org.zeuxis.app.serve.api.Serving;
import org.zeuxis.app.terminal.Interruption;
import org.zeuxis.app.web.WebServer;
import org.zeuxis.hub.Found;
import org.zeuxis.hub.Models;
import org.zeuxis.machine.AvailableMemory;
import org.zeuxis.machine.CacheFolder;
import org.zeuxis.tensor.DType;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code zeuxis serve}: the models behind an HTTP API that OpenAI's clients speak. */
@Command(
        name = "serve",
        description = "Serve models over HTTP, in the words of OpenAI's API.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Clients take http://HOST:PORT/v1 as their base URL; /openapi.json says all that there is. /healthz, /readyz and"
                    + " /metrics are for operators."
        })
public final class ServeCommand implements Callable<Integer> {
    private static final int HIGHEST_PORT = 65_535;
    private static final long QUEUED_BYTES = 256L << 20;
    private static final List<String> SHIPPED =
            List.of(Models.PICTOGRAMS, Models.UNCLIP, Models.IMAGEN, Models.FLAMINGO);
    private static final Duration LOOK = Duration.ofMillis(100);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            paramLabel = "NAME|FOLDER",
            description =
                    "A model that callers may name, as all commands take them; may be given several times, the first is"
                            + " meant where none is named (default: pictograms, unclip, imagen and"
                            + " flamingo, Zeuxis's own).")
    private List<String> names = SHIPPED;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description =
                    "The address to listen at (default: 127.0.0.1, which only this machine reaches). Any other needs a"
                            + " token.")
    private String host = WebServer.LOOPBACK;

    @Option(names = "--port", paramLabel = "N", description = "The port; 0 is any that is free (default: 7410).")
    private int port = 7410;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "A file with a token in each line, one of which callers have to show (default: the variable"
                    + " ZEUXIS_TOKEN).")
    private @Nullable Path tokens;

    @Option(
            names = "--queue",
            paramLabel = "N",
            description = "How many requests may wait (default: 200). A caller may wait with as many as are free.")
    private int places = 200;

    @Option(
            names = "--time-limit",
            paramLabel = "SECONDS",
            description = "How long one request may be computed (default: 600).")
    private int seconds = 600;

    @Option(
            names = "--largest",
            paramLabel = "PIXELS",
            description = "The largest width and height that callers may ask for (default: 1024).")
    private int largest = 1024;

    @Option(
            names = "--results",
            paramLabel = "DIR",
            description = "Where finished pictures are kept (default: serve in the cache folder).")
    private @Nullable Path results;

    @Option(
            names = "--keep",
            paramLabel = "N",
            description = "How many results are kept; the oldest go first (default: 1000).")
    private int kept = 1000;

    @Option(
            names = "--idle",
            paramLabel = "MINUTES",
            description = "After how many minutes without a request a model is put away (default: 15).")
    private int idle = 15;

    @Option(
            names = "--grace",
            paramLabel = "SECONDS",
            description = "When told to end, how long to go on with what is being computed (default: 60).")
    private int grace = 60;

    @Option(
            names = "--index",
            paramLabel = "DIR",
            description = "An index that 'zeuxis search index' made, which callers may search (default: none).")
    private @Nullable Path index;

    @Option(
            names = "--rate",
            paramLabel = "DIR",
            description =
                    "A folder of 'zeuxis drawbench run', whose pictures are rated blind at /rate/ (default: none).")
    private @Nullable Path rated;

    @Option(
            names = "--allow-host",
            paramLabel = "HOST[:PORT]",
            description =
                    "A host that pictures may be fetched from over https, where callers give their address instead of the"
                            + " picture; may be given several times (default: none is fetched).")
    private List<String> hosts = List.of();

    @Option(
            names = "--behind-proxy",
            description =
                    "Believe the headers Forwarded and X-Forwarded-… of a proxy, as to where callers come from and"
                            + " whether by https; only behind one that sets them itself.")
    private boolean proxied;

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private DTypeOption dtype = new DTypeOption();

    @Override
    public Integer call() throws IOException {
        expect("--port", port, 0, HIGHEST_PORT);
        expect("--queue", places, 1, 10_000);
        expect("--time-limit", seconds, 1, 86_400);
        expect("--largest", largest, 8, 4096);
        expect("--keep", kept, 1, 1_000_000);
        expect("--idle", idle, 1, 100_000);
        expect("--grace", grace, 0, 3600);
        Access access = Access.of(tokens, System.getenv(Access.VARIABLE));
        if (!access.isGuarded() && !isLoopback()) {
            throw wrong("--host: expected a token for an address that others reach, got " + host
                    + " and none; give one with --token-file or in " + Access.VARIABLE + ", or leave --host out");
        }
        for (String name : names) expectModel(name);
        for (String allowed : hosts) expectHost(allowed);
        ResultFolder folder =
                ResultFolder.open(results == null ? CacheFolder.path().resolve("serve") : results, kept);
        try (Interruption interruption = new Interruption();
                Meters meters = new Meters();
                OpenModels models = models();
                Rating rating = rated == null ? null : Rating.open(rated, "")) {
            serve(interruption, meters, models, folder, access, rating);
        }
        return ExitCode.OK;
    }

    private void serve(
            Interruption interruption,
            Meters meters,
            OpenModels models,
            ResultFolder folder,
            Access access,
            @Nullable Rating rating)
            throws IOException {
        QueueLimits limits = new QueueLimits(places, QUEUED_BYTES, Duration.ofSeconds(seconds));
        try (GenerationQueue queue =
                GenerationQueue.start(limits, models::putAwayIdle, ticket -> over(ticket, meters, models))) {
            meters.watch(queue, models);
            OpenModels.Finding finding = finding();
            Serving serving = new Serving(
                    new ServedModels(names, Instant.now(), name -> Abilities.of(name, finding)),
                    models,
                    queue,
                    folder,
                    largest,
                    new SentPictures(AllowedHosts.of(hosts)),
                    index == null ? null : ServedIndex.of(index, finding),
                    rating);
            WebServer.Place place = new WebServer.Place(host, port, access.isGuarded(), proxied);
            try (ApiServer server = ApiServer.start(place, serving, access, meters)) {
                PrintWriter out = spec.commandLine().getOut();
                out.println(server.address() + "v1  serves " + String.join(", ", names)
                        + (access.isGuarded() ? " to whoever shows a token" : " to this machine") + "; Ctrl-C ends it");
                out.flush();
                while (!interruption.wanted()) Thread.sleep(LOOK.toMillis());
                queue.stop(Duration.ofSeconds(grace));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void over(Ticket<?> ticket, Meters meters, OpenModels models) {
        meters.over(ticket);
        if (ticket.failure() instanceof OutOfMemoryError) models.putAwayAll();
    }

    private OpenModels models() {
        return new OpenModels(
                finding(),
                new OpenModels.Opening() {
                    @Override
                    public <M extends AutoCloseable> M open(Found<M> found) throws IOException {
                        device.use();
                        DType type = dtype.type();
                        return found.open(type);
                    }
                },
                () -> AvailableMemory.bytes().orElse(Long.MAX_VALUE),
                Duration.ofMinutes(idle));
    }

    private OpenModels.Finding finding() {
        return new OpenModels.Finding() {
            @Override
            public List<Class<? extends AutoCloseable>> kinds(String name) throws IOException {
                return NamedModel.kinds("--model", name, spec);
            }

            @Override
            public <M extends AutoCloseable> Found<M> find(String name, Class<M> kind) throws IOException {
                return NamedModel.find("--model", name, kind, spec);
            }
        };
    }

    private void expectHost(String allowed) {
        if (allowed.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\\d{1,5})?")) return;
        throw wrong("--allow-host: expected the name of a host, such as pictures.example.org, got " + allowed);
    }

    /** Shipped models are unpacked when they are asked for; anything else is looked at before anybody asks. */
    private void expectModel(String name) throws IOException {
        if (SHIPPED.contains(name)) return;
        Found<AutoCloseable> unused = NamedModel.find("--model", name, AutoCloseable.class, spec);
    }

    private boolean isLoopback() throws IOException {
        return InetAddress.getByName(host).isLoopbackAddress();
    }

    private void expect(String option, int value, int least, int most) {
        if (value >= least && value <= most) return;
        throw wrong(option + ": expected " + least + " to " + most + ", got " + value);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}

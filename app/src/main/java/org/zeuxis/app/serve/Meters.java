package org.zeuxis.app.serve;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Locale;
import org.zeuxis.app.queue.GenerationQueue;
import org.zeuxis.app.queue.Ticket;
import org.zeuxis.app.serve.api.OpenModels;

/** What an operator sees of the server: requests, the queue, models, memory. */
final class Meters implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    void watch(GenerationQueue queue, OpenModels models) {
        Gauge.builder("zeuxis.queue.waiting", queue, GenerationQueue::waiting)
                .description("jobs that wait for their turn")
                .register(registry);
        Gauge.builder("zeuxis.models.open", models, OpenModels::count)
                .description("models with their weights in memory")
                .register(registry);
        new UptimeMetrics().bindTo(registry);
        JvmMemoryMetrics memory = new JvmMemoryMetrics();
        memory.bindTo(registry);
    }

    void over(Ticket<?> ticket) {
        String state = ticket.state().name().toLowerCase(Locale.ROOT);
        Timer.builder("zeuxis.job.wait")
                .description("how long jobs waited for their turn")
                .publishPercentiles(0.5, 0.95, 0.99)
                .register(registry)
                .record(ticket.waited());
        Timer.builder("zeuxis.job.run")
                .description("how long jobs were computed")
                .tag("state", state)
                .register(registry)
                .record(ticket.ran());
    }

    /** @param route with its parameters unfilled */
    void answered(String method, String route, int status, Duration took) {
        Timer.builder("zeuxis.http.requests")
                .description("requests answered")
                .tag("method", method)
                .tag("route", route)
                .tag("status", Integer.toString(status))
                .register(registry)
                .record(took);
    }

    /** All of it as Prometheus reads it. */
    String text() {
        return registry.scrape();
    }

    @Override
    public void close() {
        registry.close();
    }
}

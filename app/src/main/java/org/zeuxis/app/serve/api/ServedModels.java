package org.zeuxis.app.serve.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.zeuxis.text.NearestName;

/** The models that callers may name. */
public final class ServedModels {
    private final List<String> names;
    private final Instant since;
    private final Function<String, Abilities> look;
    private final Map<String, Abilities> known = new ConcurrentHashMap<>();

    /**
     * @param names where none is named, the first that can do what is asked is meant
     * @param since when they began to be served
     * @param look finds out what a model can do, once it is asked for
     */
    public ServedModels(List<String> names, Instant since, Function<String, Abilities> look) {
        this.names = List.copyOf(names);
        this.since = since;
        this.look = look;
        if (names.isEmpty()) throw new IllegalArgumentException("expected at least 1 model, got none");
    }

    public List<String> names() {
        return names;
    }

    public Instant since() {
        return since;
    }

    /** What the one of this name can do. */
    public Abilities abilities(String name) {
        return known.computeIfAbsent(name, look);
    }

    /**
     * The model that is meant.
     *
     * @param name empty for the first that can do {@code task}; if none can, the first says why
     * @throws ApiException if it is not served
     */
    public String named(String name, Task task) {
        if (!name.isEmpty()) return expected(name);
        return names.stream()
                .filter(each -> abilities(each).tasks().contains(task))
                .findFirst()
                .orElse(names.get(0));
    }

    /** @throws ApiException if it is not served */
    public String expected(String name) {
        if (names.contains(name)) return name;
        String nearest = NearestName.of(name, names);
        throw ApiException.missing(
                "model",
                "model_not_found",
                "expected a model of " + String.join(", ", names) + ", got " + name
                        + (nearest == null ? "" : "; nearest: " + nearest));
    }
}

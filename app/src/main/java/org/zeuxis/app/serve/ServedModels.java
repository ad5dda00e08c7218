package org.zeuxis.app.serve;

import java.time.Instant;
import java.util.List;
import org.zeuxis.text.NearestName;

/**
 * The models that callers may name.
 *
 * @param names the first is meant where none is named
 * @param since when they began to be served
 */
public record ServedModels(List<String> names, Instant since) {
    public ServedModels {
        names = List.copyOf(names);
        if (names.isEmpty()) throw new IllegalArgumentException("expected at least 1 model, got none");
    }

    /**
     * The model that is meant.
     *
     * @param name empty for the first
     * @throws ApiException if it is not served
     */
    public String named(String name) {
        if (name.isEmpty()) return names.get(0);
        if (names.contains(name)) return name;
        String nearest = NearestName.of(name, names);
        throw ApiException.missing(
                "model",
                "model_not_found",
                "expected a model of " + String.join(", ", names) + ", got " + name
                        + (nearest == null ? "" : "; nearest: " + nearest));
    }
}

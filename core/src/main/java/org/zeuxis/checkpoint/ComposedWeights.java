package org.zeuxis.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.NearestName;

/** Weights that lie in several places: of some tensors newer ones elsewhere, or their rows in several tensors. */
public final class ComposedWeights implements Weights {
    private final Weights first;
    private final String origin;
    private final Map<String, Part> parts;

    /** A tensor whose rows are those of these, one below the other. */
    private record Part(Weights weights, List<String> keys) {}

    private ComposedWeights(Weights first, String origin, Map<String, Part> parts) {
        this.first = first;
        this.origin = origin;
        this.parts = parts;
    }

    /** Those of {@code older}, but where {@code newer} has the name, its tensor; closing this closes the older. */
    public static Weights over(Weights newer, Weights older) {
        Map<String, Part> parts = new LinkedHashMap<>();
        for (Weights each : List.of(older, newer)) {
            for (String name : each.names()) parts.put(name, new Part(each, List.of(name)));
        }
        return new ComposedWeights(older, newer.origin() + " over " + older.origin(), parts);
    }

    /**
     * The same weights, some of whose tensors become one.
     *
     * @param joined new names with those whose rows they have together; where one of these is not there, none is joined
     */
    public static Weights joining(Weights weights, Map<String, List<String>> joined) {
        Map<String, Part> parts = new LinkedHashMap<>();
        for (String name : weights.names()) parts.put(name, new Part(weights, List.of(name)));
        joined.forEach((name, keys) -> {
            if (!weights.names().containsAll(keys)) return;
            keys.forEach(parts::remove);
            parts.put(name, new Part(weights, keys));
        });
        return new ComposedWeights(weights, weights.origin(), parts);
    }

    private Part part(String name) {
        Part part = parts.get(name);
        if (part != null) return part;
        throw new IllegalArgumentException(origin + ": checkpoint lacks " + NearestName.hint(name, parts.keySet()));
    }

    @Override
    public Set<String> names() {
        return parts.keySet();
    }

    @Override
    public long[] shape(String name) {
        Part part = part(name);
        long[] shape = part.weights.shape(part.keys.get(0)).clone();
        for (String key : part.keys.subList(1, part.keys.size()))
            shape[0] += part.weights.shape(key)[0];
        return shape;
    }

    @Override
    public DType dtype(String name) {
        Part part = part(name);
        return part.weights.dtype(part.keys.get(0));
    }

    @Override
    public Tensor tensor(String name) {
        Part part = part(name);
        if (part.keys.size() == 1) return part.weights.tensor(part.keys.get(0));
        List<Tensor> rows = new ArrayList<>();
        for (String key : part.keys) rows.add(part.weights.tensor(key));
        return Tensor.cat(0, rows);
    }

    @Override
    public Tensor copy(String name, DType type) {
        Part part = part(name);
        if (part.keys.size() == 1) return part.weights.copy(part.keys.get(0), type);
        List<Tensor> rows = new ArrayList<>();
        for (String key : part.keys) rows.add(part.weights.copy(key, type));
        Tensor whole = Tensor.cat(0, rows);
        rows.forEach(Tensor::free);
        return whole;
    }

    @Override
    public Map<String, String> metadata() {
        return first.metadata();
    }

    @Override
    public String origin() {
        return origin;
    }

    @Override
    public void close() {
        first.close();
    }
}

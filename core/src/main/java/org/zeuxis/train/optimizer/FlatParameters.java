package org.zeuxis.train.optimizer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * The trained parameters of a model as one stretch of memory, and their gradients as another, so that the optimiser, the
 * average and the norm are one pass each.
 *
 * <p>Matrices and kernels, which decay, come first; gains, biases and other vectors, which do not, after them.
 */
public final class FlatParameters {
    /** Where a parameter lies in the flat memory. */
    private record Place(String name, Tensor parameter, long from, long to) {}

    private final List<Place> places = new ArrayList<>();
    private final Tensor values; // [count]
    private final Tensor gradients; // [count]
    private final long decaying;

    public FlatParameters(Map<String, Tensor> parameters) {
        List<Map.Entry<String, Tensor>> ordered = new ArrayList<>();
        parameters.entrySet().stream().filter(e -> decays(e.getValue())).forEach(ordered::add);
        long decayed = ordered.stream().mapToLong(e -> e.getValue().count()).sum();
        parameters.entrySet().stream().filter(e -> !decays(e.getValue())).forEach(ordered::add);
        long count = ordered.stream().mapToLong(e -> e.getValue().count()).sum();
        values = Tensor.zeros(count).outliving();
        gradients = Tensor.zeros(count).outliving();
        decaying = decayed;
        long at = 0;
        for (Map.Entry<String, Tensor> entry : ordered) {
            Tensor parameter = entry.getValue();
            long end = at + parameter.count();
            Tensor place = values.slice(0, at, end).reshape(parameter.shape()).outliving();
            InPlace.assign(place, parameter.to(DType.FLOAT32));
            InPlace.become(parameter, place);
            parameter.recordGradient();
            InPlace.gatherGradient(
                    parameter,
                    gradients.slice(0, at, end).reshape(parameter.shape()).outliving());
            places.add(new Place(entry.getKey(), parameter, at, end));
            at = end;
        }
    }

    /** A kernel that looks at one number alone is a gain: NFNet's are [channels, 1, 1, 1]. */
    static boolean decays(Tensor parameter) {
        int rank = parameter.rank();
        return rank == 2 || rank > 2 && parameter.count() > parameter.size(0);
    }

    /** All values, [count]. */
    public Tensor values() {
        return values;
    }

    /** All gradients, [count]. */
    public Tensor gradients() {
        return gradients;
    }

    /** How many of the values, from the first on, belong to matrices and kernels. */
    public long decaying() {
        return decaying;
    }

    /** Another flat tensor of this layout (an average, say) cut into the named parameters; shares its memory. */
    public Map<String, Tensor> named(Tensor flat) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        for (Place p : places) {
            all.put(p.name, flat.slice(0, p.from, p.to).reshape(p.parameter.shape()));
        }
        return all;
    }

    /**
     * Copies named tensors into others of the same names and shapes.
     *
     * @param origin said in messages
     * @throws IOException if one is missing or misshapen, or there are others
     */
    public static void copy(Map<String, Tensor> from, Map<String, Tensor> into, String origin) throws IOException {
        for (Map.Entry<String, Tensor> place : into.entrySet()) {
            Tensor x = from.get(place.getKey());
            long[] shape = place.getValue().shape();
            if (x == null || !Arrays.equals(x.shape(), shape)) {
                throw new IOException(origin + ": expected " + place.getKey() + " " + Arrays.toString(shape)
                        + ", got " + (x == null ? "no such tensor" : Arrays.toString(x.shape()))
                        + "; it belongs to another model, train into an empty folder");
            }
        }
        if (from.size() != into.size()) {
            throw new IOException(origin + ": expected " + into.size() + " tensors, got " + from.size()
                    + "; it belongs to another model, train into an empty folder");
        }
        into.forEach((name, place) -> {
            Tensor x = from.get(name);
            if (x != null) InPlace.assign(place, x);
        });
    }

    /** What is done while the model holds other values. */
    @FunctionalInterface
    public interface Visit {
        void run() throws IOException;
    }

    /** Lends the model the values of {@code flat}, and gives it back its own, bit for bit. */
    public void lend(Tensor flat, Visit visit) throws IOException {
        try (Scope scope = new Scope()) {
            Tensor own = values.copy();
            InPlace.assign(values, flat);
            try (Gradients off = Gradients.off()) {
                visit.run();
            } finally {
                InPlace.assign(values, own);
            }
        }
    }

    /** Sets every gradient to zero. */
    public void clearGradients() {
        InPlace.clear(gradients);
    }

    /** The length of all gradients as one vector. */
    public double gradientNorm() {
        try (Scope scope = new Scope();
                Gradients off = Gradients.off()) {
            return gradients.length(0).item();
        }
    }

    /** Scales the gradients so that their norm becomes {@code limit}, if {@code norm} is above it. */
    public void clip(double norm, double limit) {
        if (norm > limit) InPlace.scale(gradients, limit / norm);
    }
}

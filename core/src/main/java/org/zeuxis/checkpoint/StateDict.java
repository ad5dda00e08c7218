package org.zeuxis.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.KeyMismatchException.Complaint;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.machine.AvailableMemory;
import org.zeuxis.machine.NoRoomException;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.Packing;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Device;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.NearestName;
import org.zeuxis.text.Words;

/**
 * The way of weights into a model: every key must be there, with its shape, and none besides, unless told otherwise.
 *
 * <p>{@code StateDict.of(weights).ignoring("embeddings.position_ids").loadInto(model.parameters())}
 */
public final class StateDict {
    private static final long ROOM_TENSORS = 1000;
    private static final long ROOM_NUMBERS = 1 << 24;

    private final Weights weights;
    private final String prefix;
    private final Set<String> ignored;
    private final @Nullable DType type;
    private final Packing packing;

    private StateDict(Weights weights, String prefix, Set<String> ignored, @Nullable DType type, Packing packing) {
        this.weights = weights;
        this.prefix = prefix;
        this.ignored = ignored;
        this.type = type;
        this.packing = packing;
    }

    public static StateDict of(Weights weights) {
        return new StateDict(weights, "", Set.of(), null, Packing.FASTEST);
    }

    /** Only the keys that begin with {@code prefix} (such as {@code text_model.}), without it. */
    public StateDict under(String prefix) {
        return new StateDict(weights, this.prefix + prefix, ignored, type, packing);
    }

    /**
     * Keys that may be there or not, such as buffers of old versions: a whole key, its end after a dot, or with {@code *}
     * last all keys that begin so.
     */
    public StateDict ignoring(String... keys) {
        Set<String> all = new LinkedHashSet<>(ignored);
        all.addAll(Arrays.asList(keys));
        return new StateDict(weights, prefix, all, type, packing);
    }

    /**
     * Real numbers converted to {@code type}, but single ones, which are factors of results, to float32; without this they
     * stay as the file has them, uncopied.
     */
    public StateDict as(DType type) {
        if (!type.isFloat()) {
            throw new IllegalArgumentException("expected bfloat16 or float32 to compute in, got " + type.label()
                    + ", in which only a T5 encoder and a language model keep their weights");
        }
        return new StateDict(weights, prefix, ignored, type, packing);
    }

    /**
     * {@link #as}, but of {@code INT8} and {@code INT4} computing in what is {@linkplain DType#fastest fastest}, linear layers of a
     * {@linkplain #loadInto(Module) module} keeping their weights in so many bits.
     */
    public StateDict kept(DType type) {
        return as(type.computed()).packed(Packing.of(type));
    }

    /** The same, linear layers of a {@linkplain #loadInto(Module) module} keeping their weights so. */
    public StateDict packed(Packing packing) {
        return new StateDict(weights, prefix, ignored, type, packing);
    }

    /** Of every key its shape. */
    public Map<String, long[]> shapes() {
        Map<String, long[]> all = new LinkedHashMap<>();
        for (String name : weights.names()) {
            if (name.startsWith(prefix)) all.put(name.substring(prefix.length()), weights.shape(name));
        }
        return all;
    }

    /** The same, in which some tensors become others when they are read. */
    public StateDict changing(Map<String, Change> changes) {
        if (changes.isEmpty()) return this;
        Map<String, Change> named = new LinkedHashMap<>();
        changes.forEach((key, change) -> named.put(prefix + key, change));
        return new StateDict(new ChangedWeights(weights, named), prefix, ignored, type, packing);
    }

    /**
     * Makes the module that is about to be loaded from here. One that asks for far more than there is ends while it is
     * being made; one that asks for a little more is for {@link #loadInto} to name.
     *
     * @throws IllegalArgumentException if it does
     */
    public <M> M sized(Supplier<M> make) {
        long tensors = weights.names().size();
        long numbers = 0;
        for (String name : weights.names()) {
            numbers += Arrays.stream(weights.shape(name)).reduce(1, (a, b) -> a * b);
        }
        try {
            return Initialization.skipped(ROOM_TENSORS + 4 * tensors, ROOM_NUMBERS + 4 * numbers, make);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(weights.origin() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Gives every parameter its value, on its device. Where the type stays, parameters on the CPU share the mapped file's memory.
     *
     * @param parameters by key, as a module lists them
     * @throws KeyMismatchException if keys or shapes differ; no parameter has changed then
     */
    public void loadInto(Map<String, Tensor> parameters) throws KeyMismatchException {
        check(parameters);
        try (Gradients off = Gradients.off()) {
            parameters.forEach(this::fill);
        }
    }

    /**
     * The same with a whole module, each of whose layers is {@linkplain Module#pack packed} as soon as it has its weights.
     *
     * @throws KeyMismatchException if keys or shapes differ; no parameter has changed then
     * @throws NoRoomException if they would not fit into the memory that is free, neither
     */
    public void loadInto(Module module) throws IOException {
        loadInto(module, AvailableMemory.bytes());
    }

    /** The same with so many bytes of memory that are free; empty if nobody knows. */
    void loadInto(Module module, OptionalLong available) throws IOException {
        check(module.parameters());
        expectRoom(module.parameters(), available);
        try (Gradients off = Gradients.off()) {
            module.fillAndPack(this::fill, packing);
        }
    }

    /**
     * What is stored for every parameter, as it lies there: nothing is filled, and nothing converted.
     *
     * @throws KeyMismatchException if keys or shapes differ
     */
    public Map<String, Tensor> stored(Map<String, Tensor> parameters) throws KeyMismatchException {
        check(parameters);
        Map<String, Tensor> all = new LinkedHashMap<>();
        for (String key : parameters.keySet()) {
            if (weights.names().contains(prefix + key)) all.put(key, weights.tensor(prefix + key));
        }
        return all;
    }

    private void fill(String key, Tensor parameter) {
        if (!weights.names().contains(prefix + key)) return;
        // the parameter holds the memory from here on, and alone gives it back
        try (Scope reading = new Scope()) {
            InPlace.become(parameter, value(key).to(parameter.device()));
        }
    }

    /** Refuses what would have the system end this process. What stays in the pages of a mapped file is not counted. */
    private void expectRoom(Map<String, Tensor> parameters, OptionalLong available) throws IOException {
        if (type == null || available.isEmpty()) return;
        long bytes = 0;
        long widest = 0; // as it is while it is multiplied by
        for (Map.Entry<String, Tensor> each : parameters.entrySet()) {
            String name = prefix + each.getKey();
            Tensor parameter = each.getValue();
            if (!weights.names().contains(name) || !parameter.device().equals(Device.CPU)) continue;
            if (packing.bits() > 0 && parameter.rank() == 2) {
                bytes += (long) (parameter.count() * packing.bits() / 8);
                widest = Math.max(widest, parameter.count() * type.bytes());
            } else if (weights.dtype(name) != type || type == DType.BFLOAT16) {
                bytes += parameter.count() * type.bytes();
            }
        }
        bytes += widest;
        if (bytes <= available.getAsLong()) return;
        throw new NoRoomException(String.format(
                Locale.ROOT,
                "%s: expected %.1f GB of free memory for its weights in %s, got %.1f GB; close other programs, or%s",
                weights.origin(),
                bytes / 1e9,
                packing == Packing.FASTEST ? type.label() : packing.name().toLowerCase(Locale.ROOT),
                available.getAsLong() / 1e9,
                type == DType.FLOAT32 && packing == Packing.FASTEST ? " ask for bfloat16" : " take a smaller model"));
    }

    private Tensor value(String key) {
        String name = prefix + key;
        DType stored = weights.dtype(name);
        if (type == null || !stored.isFloat()) return weights.tensor(name);
        DType wanted = weights.shape(name).length == 0 ? DType.FLOAT32 : type;
        // bfloat16 weights are packed next, and then do not need the file's pages any more
        return stored == wanted && wanted != DType.BFLOAT16 ? weights.tensor(name) : weights.copy(name, wanted);
    }

    /**
     * Compares keys and shapes alone; nothing is read.
     *
     * @throws KeyMismatchException if they differ
     */
    public void expectWhole(Map<String, Tensor> parameters) throws KeyMismatchException {
        check(parameters);
    }

    private void check(Map<String, Tensor> parameters) throws KeyMismatchException {
        Set<String> names = new LinkedHashSet<>();
        for (String name : weights.names()) {
            if (name.startsWith(prefix)) names.add(name.substring(prefix.length()));
        }
        List<String> extra = names.stream()
                .filter(key -> !parameters.containsKey(key))
                .filter(key -> !isIgnored(key))
                .toList();
        List<String> absent = new ArrayList<>();
        List<Complaint> missing = new ArrayList<>();
        List<Complaint> misshapen = new ArrayList<>();
        parameters.forEach((key, parameter) -> {
            if (!names.contains(key)) {
                if (isIgnored(key)) return;
                absent.add(key);
                missing.add(new Complaint(
                        key,
                        () -> "checkpoint lacks " + key + " " + Arrays.toString(parameter.shape())
                                + nearest(key, extra, names)));
                return;
            }
            long[] stored = weights.shape(prefix + key);
            if (Arrays.equals(stored, parameter.shape())) return;
            String sentence = "checkpoint has " + key + " as " + Arrays.toString(stored) + ", expected "
                    + Arrays.toString(parameter.shape()) + "; check the model's config";
            misshapen.add(new Complaint(key, () -> sentence));
        });
        if (extra.isEmpty() && missing.isEmpty() && misshapen.isEmpty()) return;
        List<Complaint> unexpected = extra.stream()
                .map(key -> new Complaint(
                        key,
                        () -> "model lacks " + Words.clean(key) + " " + Arrays.toString(weights.shape(prefix + key))
                                + nearest(key, absent, parameters.keySet())))
                .toList();
        throw new KeyMismatchException(weights.origin(), missing, unexpected, misshapen);
    }

    /** Keys without a partner come first, then any. */
    private static String nearest(String key, List<String> single, Set<String> all) {
        String found = NearestName.of(key, single);
        if (found == null) found = NearestName.of(key, all);
        return found == null ? "" : "; nearest key: " + Words.clean(found);
    }

    private boolean isIgnored(String key) {
        for (String rule : ignored) {
            if (rule.endsWith("*")
                    ? key.startsWith(rule.substring(0, rule.length() - 1))
                    : key.equals(rule) || key.endsWith("." + rule)) return true;
        }
        return false;
    }
}

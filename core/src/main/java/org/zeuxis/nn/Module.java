package org.zeuxis.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Engine;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Tensor;

/** A named tree of parameters. The names, joined by dots, are the keys of a checkpoint. */
public abstract class Module implements Parameterized, AutoCloseable {
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();
    private final Map<String, Parameterized> children = new LinkedHashMap<>();

    /** A parameter of the given shape, drawn as {@code init} says; it lives outside every scope. */
    protected final Tensor parameter(String name, Initialization init, long... shape) {
        Tensor drawn = Initialization.draw(init, shape).outliving();
        parameters.put(name, drawn);
        return drawn;
    }

    /** A child whose keys begin with {@code name} and a dot; an empty name gives it the keys of this module. */
    protected final <P extends Parameterized> P child(String name, P part) {
        children.put(name, part);
        return part;
    }

    /** Children {@code name.0}, {@code name.1} … */
    protected final <P extends Parameterized> List<P> children(String name, int count, IntFunction<P> make) {
        // one after the other: a count that was mistyped ends with the first that is too many
        List<P> all = new ArrayList<>();
        for (int i = 0; i < count; i++) all.add(child(name + "." + i, make.apply(i)));
        return List.copyOf(all);
    }

    @Override
    public final Map<String, Tensor> parameters() {
        Map<String, Tensor> all = new LinkedHashMap<>(parameters);
        children.forEach((name, m) ->
                m.parameters().forEach((key, p) -> all.put(name.isEmpty() ? key : name + "." + key, p)));
        return all;
    }

    /** How many numbers the parameters hold together. */
    public final long parameterCount() {
        return parameters().values().stream().mapToLong(Tensor::count).sum();
    }

    /** Gives the memory of every parameter back; what shares it, as a slice does, keeps it. A closed module computes nothing. */
    @Override
    public final void close() {
        parameters().values().forEach(Tensor::free);
        Engine.returnFreeMemory();
    }

    /** @throws IllegalStateException if this is closed */
    public final void expectOpen() {
        if (parameters().values().stream().anyMatch(Tensor::isFreed)) {
            throw new IllegalStateException("expected an open model, got a closed one; load it again");
        }
    }

    /**
     * Brings the weights of all layers into the layout by which the processor multiplies them fastest, where there is one for their
     * type: bfloat16 on a CPU. They are read, saved and cast as before; after new ones were given they wait for another call.
     */
    public final void pack() {
        pack(Packing.FASTEST);
    }

    /** The same in another layout. */
    public final void pack(Packing packing) {
        fillAndPack((key, parameter) -> {}, packing);
    }

    /**
     * Gives every parameter to {@code fill}, with its key, and {@linkplain #pack packs} each layer before the next one is filled: so no
     * more than one layer's weights are ever in memory twice.
     */
    public final void fillAndPack(BiConsumer<String, Tensor> fill, Packing packing) {
        fillAndPack("", fill, packing);
    }

    private void fillAndPack(String prefix, BiConsumer<String, Tensor> fill, Packing packing) {
        parameters.forEach((name, parameter) -> fill.accept(prefix + name, parameter));
        packOwn(packing);
        children.forEach((name, part) -> {
            String start = name.isEmpty() ? prefix : prefix + name + ".";
            if (part instanceof Module module) module.fillAndPack(start, fill, packing);
            else part.parameters().forEach((key, parameter) -> fill.accept(start + key, parameter));
        });
    }

    /** Packs the weights of this layer itself, if it has any to multiply by. */
    protected void packOwn(Packing packing) {}

    /** Casts every parameter of real numbers but single ones, which are factors of results. */
    public final void to(DType type) {
        parameters().values().forEach(p -> {
            if (!p.dtype().isFloat() || p.dtype() == type || p.rank() == 0) return;
            Tensor cast = p.to(type);
            InPlace.become(p, cast);
            cast.free();
        });
    }
}

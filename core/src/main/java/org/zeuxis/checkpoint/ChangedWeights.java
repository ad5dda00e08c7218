package org.zeuxis.checkpoint;

import java.util.Map;
import java.util.Set;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/** Weights some of which are changed when they are read, in float32, whatever type they are stored in. */
final class ChangedWeights implements Weights {
    private final Weights stored;
    private final Map<String, Change> changes;

    /** @param changes by name, each of which is stored */
    ChangedWeights(Weights stored, Map<String, Change> changes) {
        this.stored = stored;
        this.changes = changes;
    }

    @Override
    public Set<String> names() {
        return stored.names();
    }

    @Override
    public long[] shape(String name) {
        Change change = changes.get(name);
        return change == null ? stored.shape(name) : change.shape().clone();
    }

    @Override
    public DType dtype(String name) {
        return changes.containsKey(name) ? DType.FLOAT32 : stored.dtype(name);
    }

    @Override
    public Tensor tensor(String name) {
        Change change = changes.get(name);
        return change == null
                ? stored.tensor(name)
                : change.how().apply(stored.tensor(name).to(DType.FLOAT32));
    }

    @Override
    public Tensor copy(String name, DType type) {
        return changes.containsKey(name) ? tensor(name).to(type) : stored.copy(name, type);
    }

    @Override
    public Map<String, String> metadata() {
        return stored.metadata();
    }

    @Override
    public String origin() {
        return stored.origin();
    }

    @Override
    public void close() {
        stored.close();
    }
}

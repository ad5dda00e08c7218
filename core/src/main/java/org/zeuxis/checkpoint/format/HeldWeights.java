package org.zeuxis.checkpoint.format;

import java.util.Map;
import java.util.Set;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.NearestName;

/** Tensors that lie in no file, or have been taken out of it. */
record HeldWeights(String origin, Map<String, Tensor> tensors) implements Weights {
    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public long[] shape(String name) {
        return tensor(name).shape();
    }

    @Override
    public DType dtype(String name) {
        return tensor(name).dtype();
    }

    @Override
    public Tensor tensor(String name) {
        Tensor found = tensors.get(name);
        if (found != null) return found;
        throw new IllegalArgumentException(origin + " lacks " + NearestName.hint(name, names()));
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public void close() {}
}

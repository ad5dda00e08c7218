package org.zeuxis.nn;

import java.util.Map;
import org.zeuxis.tensor.Tensor;

/** What may hold parameters: a {@link Module}, or a part that stands where one is expected and has none. */
public interface Parameterized {
    /** Every parameter by its name, in order of declaration. */
    default Map<String, Tensor> parameters() {
        return Map.of();
    }
}

package org.zeuxis.checkpoint;

import java.util.function.UnaryOperator;
import org.zeuxis.tensor.Tensor;

/**
 * What becomes of a stored tensor on its way into a model.
 *
 * @param shape of what comes out
 * @param how makes of the stored tensor, in float32, a new one
 */
public record Change(long[] shape, UnaryOperator<Tensor> how) {}

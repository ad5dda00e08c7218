package org.zeuxis.nn;

import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/** How linear layers keep the weights that they multiply by. */
public enum Packing {
    /** Each number as it is, laid out as the processor multiplies it fastest. */
    FASTEST {
        @Override
        void linear(Tensor weight) {
            weight.packForLinear(1);
        }
    },
    /** Rounded to 8 bits, half of bfloat16's memory; they still compute in the type that they were given. */
    INT8 {
        @Override
        void linear(Tensor weight) {
            weight.roundForLinear();
        }
    };

    /** Of what is kept in {@code type}. */
    public static Packing of(DType type) {
        return type == DType.INT8 ? INT8 : FASTEST;
    }

    /** @param weight [out, in] */
    abstract void linear(Tensor weight);
}

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

        @Override
        void table(Tensor weight) {}
    },
    /** Rounded to 8 bits, half of bfloat16's memory; they still compute in the type that they were given. */
    INT8 {
        @Override
        void linear(Tensor weight) {
            weight.roundForLinear(8);
        }
    },
    /** Rounded to 4 bits, with the steps of each 32 of them a third of bfloat16's memory. */
    INT4 {
        @Override
        void linear(Tensor weight) {
            weight.roundForLinear(4);
        }
    };

    /** Of what is kept in {@code type}. */
    public static Packing of(DType type) {
        return switch (type) {
            case INT8 -> INT8;
            case INT4 -> INT4;
            default -> FASTEST;
        };
    }

    /** In bits, of a number of what {@link #linear} rounds; 0 if it rounds nothing. */
    public double bits() {
        return switch (this) {
            case INT8 -> 8;
            case INT4 -> 5; // with its steps
            case FASTEST -> 0;
        };
    }

    /** @param weight [out, in] */
    abstract void linear(Tensor weight);

    /**
     * A table of tokens that is a language model's head too: no more than to 8 bits, as rows are taken out of it.
     *
     * @param weight [entries, width]
     */
    void table(Tensor weight) {
        weight.roundForLinear(8);
    }
}

package org.zeuxis.tensor;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.OperatorHandle;
import org.jspecify.annotations.Nullable;

/**
 * The weight of a convolution in the layout that oneDNN multiplies pictures of one size by: for those of another size it may want another
 * layout, and would come from the one to the other at every call by its slowest code, in a hundred times what the convolution takes. Its
 * numbers are what they were.
 */
final class OneDnnConvolution implements PackedWeight {
    private static final OperatorHandle PACK = OneDnn.operator("mkldnn::_reorder_convolution_weight", "");
    private static final OperatorHandle LAYOUT = OneDnn.operator("mkldnn::_get_mkldnn_serialized_md", "");
    private static final OperatorHandle CONVOLUTION = OneDnn.operator("mkldnn::_convolution_pointwise", "");
    /** More sizes than a program draws; a server that is asked for more of them learns them again. */
    private static final int SIZES = 64;

    private final int stride;
    private final int padding;
    /** Shapes of what it is multiplied by as it lies now. */
    private final Set<List<Long>> suited = new HashSet<>();

    private org.bytedeco.pytorch.Tensor packed;

    OneDnnConvolution(org.bytedeco.pytorch.Tensor weight, int stride, int padding) {
        this.stride = stride;
        this.padding = padding;
        packed = Scope.outlive(packed(weight, OneDnn.NULL));
    }

    private org.bytedeco.pytorch.Tensor packed(org.bytedeco.pytorch.Tensor weight, IValue size) {
        return OneDnn.call(PACK, new IValue(weight), pair(padding), pair(stride), pair(1), new IValue(1L), size);
    }

    @Override
    public boolean takes(Tensor x) {
        return OneDnn.takes(x);
    }

    @Override
    public synchronized org.bytedeco.pytorch.Tensor plain() {
        return packed.to_dense().contiguous();
    }

    @Override
    public synchronized void free() {
        packed.deallocate();
    }

    @Override
    public Tensor linear(Tensor x, @Nullable Tensor bias) {
        return x.linear(new Tensor(plain()), bias);
    }

    @Override
    public Tensor conv2d(Tensor x, @Nullable Tensor bias, int stride, int padding, int groups) {
        if (groups != 1 || stride != this.stride || padding != this.padding) {
            return x.conv2d(new Tensor(plain()), bias, stride, padding, groups);
        }
        return new Tensor(OneDnn.call(
                CONVOLUTION,
                new IValue(x.raw()),
                suiting(x.shape()),
                OneDnn.optional(bias),
                pair(padding),
                pair(stride),
                pair(1),
                new IValue(1L),
                OneDnn.NOTHING_AFTER,
                OneDnn.NO_NUMBERS,
                OneDnn.NULL));
    }

    /** A reference of its own, as another thread may lay the weight out anew meanwhile. */
    private synchronized IValue suiting(long[] size) {
        List<Long> key = LongStream.of(size).boxed().toList();
        if (suited.contains(key)) return new IValue(packed);
        if (suited.size() == SIZES) suited.clear();
        if (!suits(size)) {
            org.bytedeco.pytorch.Tensor unsuited = packed;
            packed = Scope.outlive(packed(plain(), OneDnn.numbers(size)));
            unsuited.deallocate();
            suited.clear();
        }
        suited.add(key);
        return new IValue(packed);
    }

    /** Whether it lies as oneDNN wants it for pictures of {@code size}, [batch, channels, height, columns]. */
    synchronized boolean suits(long... size) {
        try (Scope trial = new Scope()) {
            return layout(packed(plain(), OneDnn.numbers(size))).equal(layout(packed));
        }
    }

    private static org.bytedeco.pytorch.Tensor layout(org.bytedeco.pytorch.Tensor packed) {
        return OneDnn.call(LAYOUT, new IValue(packed));
    }

    private static IValue pair(long k) {
        return OneDnn.numbers(k, k);
    }
}

package org.zeuxis.tensor;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.IntType;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;

/**
 * LibTorch's kernels that scale pictures of bytes, which is whole-number arithmetic of their own. They run on the CPU,
 * whatever device is in use; bicubic's bytes were seen to be the same with AVX2, AVX-512 and neither.
 */
public enum ByteScaling {
    /** The pixel whose middle is nearest. */
    NEAREST("aten::_upsample_nearest_exact2d", false),
    BILINEAR("aten::_upsample_bilinear2d_aa", true),
    BICUBIC("aten::_upsample_bicubic2d_aa", true);

    static {
        Engine.start();
    }

    private final String operator;
    private final boolean aligns;

    ByteScaling(String operator, boolean aligns) {
        this.operator = operator;
        this.aligns = aligns;
    }

    /**
     * @param samples [height, columns, channels]
     * @return [toHeight, toWidth, channels]
     */
    public byte[] apply(byte[] samples, int height, int width, int channels, int toHeight, int toWidth) {
        try (Scope scope = new Scope();
                Gradients off = Gradients.off()) {
            BytePointer bytes = new BytePointer(samples);
            org.bytedeco.pytorch.Tensor picture = torch.from_blob(
                            bytes, new long[] {1, height, width, channels}, new TensorOptions(DType.UINT8.raw))
                    .permute(0, 3, 1, 2)
                    .contiguous();
            return new Tensor(scaled(picture, toHeight, toWidth).permute(0, 2, 3, 1)).toBytes();
        }
    }

    /** @param x [batch, channels, height, columns] of bytes or real numbers */
    org.bytedeco.pytorch.Tensor scaled(org.bytedeco.pytorch.Tensor x, long height, long columns) {
        OperatorHandle kernel = Dispatcher.singleton().findSchemaOrThrow(operator, "");
        GenericList size =
                new GenericList(new Type.TypePtr(IntType.getIntTypePtr().get()));
        size.push_back(new IValue(height));
        size.push_back(new IValue(columns));
        IValueVector stack = new IValueVector();
        stack.push_back(new IValue(x));
        stack.push_back(new IValue(size));
        if (aligns) stack.push_back(new IValue(false)); // the corners' middles are not kept in place
        stack.push_back(new IValue());
        stack.push_back(new IValue());
        kernel.callBoxed(stack);
        return stack.get(0).toTensor();
    }
}

package org.zeuxis.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.jspecify.annotations.Nullable;

/**
 * An n-dimensional array on a device. Operations return new tensors; none changes its receiver.
 *
 * <p>Axes may be counted from the end: −1 is the last. Binary operations broadcast as in NumPy.
 */
public final class Tensor {
    static {
        Engine.start();
    }

    /** Of a packed weight a stub that has its shape and type. */
    private final org.bytedeco.pytorch.Tensor raw;

    @Nullable
    PackedWeight packed;

    Tensor(org.bytedeco.pytorch.Tensor raw) {
        this.raw = raw;
    }

    org.bytedeco.pytorch.Tensor raw() {
        return packed == null ? raw : packed.plain();
    }

    // ---- making

    public static Tensor of(float[] values, long... shape) {
        return copy(new FloatPointer(values), values.length, DType.FLOAT32, shape);
    }

    public static Tensor of(double[] values, long... shape) {
        return copy(new DoublePointer(values), values.length, DType.FLOAT64, shape);
    }

    public static Tensor of(long[] values, long... shape) {
        return copy(new LongPointer(values), values.length, DType.INT64, shape);
    }

    public static Tensor of(byte[] values, DType type, long... shape) {
        return copy(new BytePointer(values), values.length / type.bytes(), type, shape);
    }

    private static Tensor copy(Pointer values, long count, DType type, long... shape) {
        long expected = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        if (count != expected) {
            throw new IllegalArgumentException(
                    "expected " + expected + " values for shape " + Arrays.toString(shape) + ", got " + count);
        }
        org.bytedeco.pytorch.Tensor view = torch.from_blob(values, shape, new TensorOptions(type.raw));
        Device here = Device.current();
        org.bytedeco.pytorch.Tensor owned = here.isCuda() ? view.to(here.raw(), type.raw) : view.clone();
        view.deallocate();
        values.deallocate();
        return new Tensor(owned);
    }

    /** A number as a tensor without axes, float32. */
    public static Tensor scalar(double value) {
        return full(value);
    }

    public static Tensor full(double value, long... shape) {
        return new Tensor(torch.full(shape, new Scalar(value), Device.current().holding(DType.FLOAT32)));
    }

    public static Tensor zeros(long... shape) {
        return full(0, shape);
    }

    public static Tensor ones(long... shape) {
        return full(1, shape);
    }

    /** Memory as it comes: to be overwritten. */
    public static Tensor empty(DType type, long... shape) {
        return new Tensor(torch.empty(shape, Device.current().holding(type), new MemoryFormatOptional()));
    }

    /** A shape whose elements are all one place in memory, until it {@linkplain InPlace#become becomes} a tensor. */
    public static Tensor placeholder(DType type, long... shape) {
        return shape.length == 0 ? empty(type) : empty(type, 1).expand(shape).detach();
    }

    /** The whole numbers from 0 below {@code end}, int64. */
    public static Tensor arange(long end) {
        return new Tensor(torch.arange(new Scalar(end), Device.current().holding(DType.INT64)));
    }

    /** {@code count} numbers evenly spaced from {@code from} to {@code to}, both included, float32. */
    public static Tensor linspace(double from, double to, long count) {
        return new Tensor(torch.linspace(
                new Scalar(from), new Scalar(to), count, Device.current().holding(DType.FLOAT32)));
    }

    /** Standard normal numbers from LibTorch's own global generator; see {@link Seed} for repeatable ones. */
    public static Tensor randn(long... shape) {
        return new Tensor(torch.randn(shape, Device.current().holding(DType.FLOAT32)));
    }

    public static Tensor cat(int axis, Tensor... xs) {
        return cat(axis, List.of(xs));
    }

    public static Tensor cat(int axis, List<Tensor> xs) {
        return new Tensor(torch.cat(vector(xs), axis));
    }

    /** Joins along a new axis. */
    public static Tensor stack(int axis, List<Tensor> xs) {
        return new Tensor(torch.stack(vector(xs), axis));
    }

    static TensorVector vector(List<Tensor> xs) {
        TensorVector v = new TensorVector();
        for (Tensor x : xs) v.push_back(x.raw());
        return v;
    }

    // ---- looking

    public long[] shape() {
        long[] shape = new long[(int) raw.dim()];
        for (int i = 0; i < shape.length; i++) shape[i] = raw.size(i);
        return shape;
    }

    /** The number of axes. */
    public int rank() {
        return (int) raw.dim();
    }

    public long size(int axis) {
        return raw.size(axis);
    }

    /** The number of elements. */
    public long count() {
        return raw.numel();
    }

    public DType dtype() {
        return DType.of(raw.scalar_type());
    }

    public Device device() {
        return raw.is_cuda() ? Device.cuda(raw.device().index()) : Device.CPU;
    }

    public boolean requiresGrad() {
        return raw.requires_grad();
    }

    /** The one element of a tensor that has one. */
    public double item() {
        return raw().item_double();
    }

    /** All elements in row-major order, as float32. */
    public float[] toFloats() {
        float[] values = new float[Math.toIntExact(count())];
        if (values.length == 0) return values;
        org.bytedeco.pytorch.Tensor plain =
                raw().detach().to(DType.FLOAT32.raw).cpu().contiguous();
        plain.data_ptr_float().get(values);
        return values;
    }

    /** All elements in row-major order, as int64. */
    public long[] toLongs() {
        long[] values = new long[Math.toIntExact(count())];
        if (values.length == 0) return values;
        org.bytedeco.pytorch.Tensor plain =
                raw().detach().to(DType.INT64.raw).cpu().contiguous();
        new LongPointer(plain.data_ptr()).get(values);
        return values;
    }

    /** The elements' bytes in row-major order, little endian, in the tensor's own type. */
    public byte[] toBytes() {
        byte[] bytes = new byte[Math.toIntExact(Math.multiplyExact(count(), (long) dtype().bytes()))];
        if (bytes.length == 0) return bytes;
        org.bytedeco.pytorch.Tensor plain = raw().detach().cpu().contiguous();
        new BytePointer(plain.data_ptr()).get(bytes);
        return bytes;
    }

    /** The largest absolute difference of any element, in float64. */
    public double maxDifference(Tensor y) {
        return raw().to(DType.FLOAT64.raw)
                .sub(y.raw().to(DType.FLOAT64.raw))
                .abs()
                .max()
                .item_double();
    }

    public boolean allFinite() {
        return raw().isfinite().all().item_bool();
    }

    /**
     * Checks the shape: {@code freeAxes} names leading axes of any size, {@code trailing} gives the sizes after them.
     *
     * @throws ShapeException if it differs
     */
    public Tensor expect(String freeAxes, long... trailing) {
        String[] names = freeAxes.isBlank() ? new String[0] : freeAxes.trim().split("\\s+");
        boolean fits = rank() == names.length + trailing.length;
        for (int i = 0; fits && i < trailing.length; i++) fits = size(names.length + i) == trailing[i];
        if (!fits) {
            StringBuilder expected = new StringBuilder(String.join(", ", names));
            for (long size : trailing)
                expected.append(expected.isEmpty() ? "" : ", ").append(size);
            throw new ShapeException(expected.toString(), shape());
        }
        return this;
    }

    // ---- type, place, layout

    public Tensor to(DType type) {
        return raw.scalar_type().value == type.raw.value ? this : new Tensor(raw().to(type.raw));
    }

    public Tensor to(Device device) {
        return device.equals(device()) ? this : new Tensor(raw().to(device.raw(), raw().scalar_type()));
    }

    /** The same values without their history. */
    public Tensor detach() {
        return new Tensor(raw().detach());
    }

    /** A copy with memory of its own. */
    public Tensor copy() {
        return new Tensor(raw().clone());
    }

    public Tensor contiguous() {
        return new Tensor(raw().contiguous());
    }

    /**
     * [batch, channels, height, columns] laid out as convolutions are fastest on: channels innermost, but not while gradients
     * are recorded, since the backward of group norm is thirty times slower there.
     */
    public Tensor forConvolution() {
        return Gradients.recorded() ? this : new Tensor(raw().contiguous(MemoryFormat.ChannelsLast));
    }

    // ---- arithmetic

    public Tensor plus(Tensor y) {
        return new Tensor(raw().add(y.raw()));
    }

    public Tensor plus(double k) {
        return new Tensor(raw().add(new Scalar(k)));
    }

    public Tensor minus(Tensor y) {
        return new Tensor(raw().sub(y.raw()));
    }

    public Tensor minus(double k) {
        return new Tensor(raw().sub(new Scalar(k)));
    }

    /** This · y + z in one pass. */
    public Tensor timesPlus(Tensor y, Tensor z) {
        return new Tensor(torch.addcmul(z.raw(), raw(), y.raw()));
    }

    public Tensor times(Tensor y) {
        return new Tensor(raw().mul(y.raw()));
    }

    public Tensor times(double k) {
        return new Tensor(raw().mul(new Scalar(k)));
    }

    public Tensor over(Tensor y) {
        return new Tensor(raw().div(y.raw()));
    }

    public Tensor over(double k) {
        return new Tensor(raw().div(new Scalar(k)));
    }

    public Tensor negate() {
        return new Tensor(raw().neg());
    }

    public Tensor matmul(Tensor y) {
        return new Tensor(raw().matmul(y.raw()));
    }

    /** (1 − w) · this + w · y. */
    public Tensor lerp(Tensor y, double w) {
        return new Tensor(torch.lerp(raw(), y.raw(), new Scalar(w)));
    }

    public Tensor pow(double exponent) {
        return new Tensor(raw().pow(new Scalar(exponent)));
    }

    public Tensor square() {
        return new Tensor(raw().square());
    }

    public Tensor sqrt() {
        return new Tensor(raw().sqrt());
    }

    public Tensor exp() {
        return new Tensor(raw().exp());
    }

    public Tensor log() {
        return new Tensor(raw().log());
    }

    public Tensor sin() {
        return new Tensor(raw().sin());
    }

    public Tensor cos() {
        return new Tensor(raw().cos());
    }

    public Tensor abs() {
        return new Tensor(raw().abs());
    }

    public Tensor round() {
        return new Tensor(raw().round());
    }

    public Tensor clamp(double low, double high) {
        return new Tensor(raw().clamp(new ScalarOptional(new Scalar(low)), new ScalarOptional(new Scalar(high))));
    }

    public Tensor maximum(Tensor y) {
        return new Tensor(raw().maximum(y.raw()));
    }

    /** Where {@code mask} (of BOOL) is true {@code value}, elsewhere this. */
    public Tensor masked(Tensor mask, double value) {
        return new Tensor(raw().masked_fill(mask.raw(), new Scalar(value)));
    }

    /** Where this (of BOOL) is true {@code yes}, elsewhere {@code no}. */
    public Tensor choose(Tensor yes, Tensor no) {
        return new Tensor(torch.where(raw(), yes.raw(), no.raw()));
    }

    public Tensor equalTo(double value) {
        return new Tensor(raw().eq(new Scalar(value)));
    }

    public Tensor lessThan(double value) {
        return new Tensor(raw().lt(new Scalar(value)));
    }

    // ---- reductions

    public Tensor sum() {
        return new Tensor(raw().sum());
    }

    /** The sum along {@code axis}, which remains with size 1. */
    public Tensor sum(int axis) {
        return new Tensor(raw().sum(new long[] {axis}, true, new ScalarTypeOptional()));
    }

    public Tensor mean() {
        return new Tensor(raw().mean());
    }

    /** The mean along {@code axis}, which remains with size 1. */
    public Tensor mean(int axis) {
        return new Tensor(raw().mean(new long[] {axis}, true, new ScalarTypeOptional()));
    }

    /** The Euclidean length along {@code axis}, which remains with size 1. */
    public Tensor length(int axis) {
        return new Tensor(raw().norm(new ScalarOptional(new Scalar(2.0)), new long[] {axis}, true));
    }

    /** Scaled to Euclidean length 1 along {@code axis}. */
    public Tensor normalized(int axis) {
        return over(length(axis));
    }

    /** The largest along {@code axis}, which remains with size 1. */
    public Tensor max(int axis) {
        return new Tensor(raw().amax(new long[] {axis}, true));
    }

    public double max() {
        return raw().max().item_double();
    }

    public double min() {
        return raw().min().item_double();
    }

    /** Where the largest along {@code axis} stands (the first of equals), int64; the axis goes. */
    public Tensor argmax(int axis) {
        return new Tensor(raw().argmax(new LongOptional(axis), false));
    }

    /** The places of the {@code k} largest along the last axis, largest first, int64. */
    public Tensor topPlaces(int k) {
        return new Tensor(raw().topk(k, -1, true, true).get1());
    }

    /** The running product along {@code axis}. */
    public Tensor cumprod(int axis) {
        return new Tensor(raw().cumprod(axis));
    }

    /** The value below which the share {@code q} of each row (last axis) lies, linearly interpolated; axis kept. */
    public Tensor quantile(double q) {
        return new Tensor(raw().quantile(q, new LongOptional(-1), true, "linear"));
    }

    public Tensor softmax(int axis) {
        return new Tensor(raw().softmax(axis));
    }

    public Tensor logSoftmax(int axis) {
        return new Tensor(raw().log_softmax(axis));
    }

    // ---- shape

    public Tensor reshape(long... shape) {
        return new Tensor(raw().reshape(shape));
    }

    public Tensor permute(long... axes) {
        return new Tensor(raw().permute(axes));
    }

    public Tensor transpose(int a, int b) {
        return new Tensor(raw().transpose(a, b));
    }

    /** Repeats axes of size 1 without copying; −1 leaves an axis as it is. */
    public Tensor expand(long... shape) {
        return new Tensor(raw().expand(shape));
    }

    public Tensor repeat(long... times) {
        return new Tensor(raw().repeat(times));
    }

    /** A new axis of size 1 before {@code axis}. */
    public Tensor unsqueeze(int axis) {
        return new Tensor(raw().unsqueeze(axis));
    }

    /** Without {@code axis}, whose size must be 1. */
    public Tensor squeeze(int axis) {
        return new Tensor(raw().squeeze(axis));
    }

    public Tensor flip(int axis) {
        return new Tensor(raw().flip(axis));
    }

    /** Elements {@code from} (included) to {@code to} (excluded) along {@code axis}; shares memory. */
    public Tensor slice(int axis, long from, long to) {
        return new Tensor(raw().slice(axis, new LongOptional(from), new LongOptional(to), 1));
    }

    /** One element along {@code axis}, which goes; shares memory. */
    public Tensor select(int axis, long index) {
        return new Tensor(raw().select(axis, index));
    }

    /** Equal parts along {@code axis}. */
    public List<Tensor> chunk(int parts, int axis) {
        return elements(raw().chunk(parts, axis));
    }

    /** The elements at {@code places} (int64, one axis) along {@code axis}. */
    public Tensor pick(int axis, Tensor places) {
        return new Tensor(raw().index_select(axis, places.raw()));
    }

    /** {@code out[i][j] = this[i][places[i][j]]} along {@code axis}. */
    public Tensor gather(int axis, Tensor places) {
        return new Tensor(raw().gather(axis, places.raw()));
    }

    /** Zeros around the last two axes. */
    public Tensor pad(int left, int right, int top, int bottom) {
        return new Tensor(torch.constant_pad_nd(raw(), left, right, top, bottom));
    }

    /** Zeroes what lies above the {@code diagonal} of the last two axes. */
    public Tensor lowerTriangle(int diagonal) {
        return new Tensor(torch.tril(raw(), diagonal));
    }

    /** {@code x.rearrange("b n (h d) -> b h n d", "h", heads)}. */
    public Tensor rearrange(String pattern, Object... known) {
        return Rearrange.of(pattern).apply(this, known);
    }

    // ---- layers

    /** x Wᵀ + b over the last axis; {@code weight} is [out, in], or of a convolution of single pixels, [out, in, 1, 1]. */
    public Tensor linear(Tensor weight, @Nullable Tensor bias) {
        if (weight.packed != null && weight.packed.takes(this)) return weight.packed.linear(this, bias);
        if (weight.rank() == 4) return linear(weight.reshape(weight.size(0), weight.size(1)), bias);
        if (LargeLinear.is(this, weight)) return LargeLinear.apply(this, weight, bias);
        return new Tensor(torch.linear(raw(), weight.raw(), optional(bias)));
    }

    /** Of {@link #linear linear}, whose last axis falls into two halves, the first times the {@link #gelu() GELU} of the second. */
    public Tensor geglu(Tensor weight, Tensor bias) {
        if (weight.packed != null && weight.packed.takes(this)) return weight.packed.geglu(this, bias);
        List<Tensor> halves = linear(weight, bias).chunk(2, -1);
        return halves.get(0).times(halves.get(1).gelu());
    }

    /** This [batch, channels, height, columns] convolved with {@code weight} [out, channels / groups, height, columns]. */
    public Tensor conv2d(Tensor weight, @Nullable Tensor bias, int stride, int padding, int groups) {
        if (weight.packed != null && weight.packed.takes(this)) {
            return weight.packed.conv2d(this, bias, stride, padding, groups);
        }
        if (isOfPoints(weight, stride, padding, groups)) {
            return permute(0, 2, 3, 1)
                    .linear(weight.reshape(weight.size(0), weight.size(1)), bias)
                    .permute(0, 3, 1, 2);
        }
        return new Tensor(torch.conv2d(
                raw(),
                weight.raw(),
                optional(bias),
                new long[] {stride, stride},
                new long[] {padding, padding},
                new long[] {1, 1},
                groups));
    }

    /** Whether a convolution looks at single pixels: oneDNN's, and which kernel is taken, would ask for the number of threads. */
    private boolean isOfPoints(Tensor weight, int stride, int padding, int groups) {
        return weight.size(-1) == 1
                && weight.size(-2) == 1
                && stride == 1
                && padding == 0
                && groups == 1
                && dtype() == DType.FLOAT32
                && weight.dtype() == DType.FLOAT32
                && !raw().is_cuda()
                && !Gradients.recorded()
                && !Autocast.isOn();
    }

    /** Rows of {@code table} [entries, width] at the places this holds (int64). */
    public Tensor embedding(Tensor table) {
        if (table.packed != null) return table.packed.rows(this);
        return new Tensor(torch.embedding(table.raw(), raw()));
    }

    public Tensor layerNorm(@Nullable Tensor weight, @Nullable Tensor bias, double epsilon) {
        return new Tensor(
                torch.layer_norm(raw(), new long[] {size(-1)}, optional(weight), optional(bias), epsilon, true));
    }

    public Tensor groupNorm(int groups, Tensor weight, Tensor bias, double epsilon) {
        // LibTorch's backward reads past its input here if that is channels-last and needs no gradient of its own
        boolean crashes = Gradients.recorded() && !raw().requires_grad() && !raw().is_contiguous();
        boolean byThreads = StripedGroupNorm.isNeeded(this);
        if (byThreads && dtype() == DType.BFLOAT16) return StripedGroupNorm.apply(this, groups, weight, bias, epsilon);
        // in float32 as earlier versions computed it
        org.bytedeco.pytorch.Tensor x = crashes || byThreads ? raw().contiguous() : raw;
        Tensor y = new Tensor(torch.group_norm(x, groups, optional(weight), optional(bias), epsilon, true));
        return byThreads ? y.forConvolution() : y;
    }

    /** The {@link #silu SiLU} of {@link #groupNorm}, in whose memory it lies unless gradients are recorded. */
    public Tensor groupNormSilu(int groups, Tensor weight, Tensor bias, double epsilon) {
        Tensor y = groupNorm(groups, weight, bias, epsilon);
        return Gradients.recorded() ? y.silu() : WholeVectors.inPlace(y, torch::silu_, torch::silu);
    }

    /** Each channel of [batch, channels, …] normalised by a {@code mean} and {@code variance} known beforehand, [channels]. */
    public Tensor batchNorm(Tensor mean, Tensor variance, Tensor weight, Tensor bias, double epsilon) {
        return new Tensor(torch.batch_norm(
                raw(), optional(weight), optional(bias), optional(mean), optional(variance), false, 0, epsilon, false));
    }

    /**
     * Each channel of [batch, channels, …] normalised by its own mean and variance, of which a {@code share} goes into a running
     * {@code mean} and (unbiased) {@code variance}, [channels].
     */
    public Tensor batchNormGathering(
            Tensor mean, Tensor variance, double share, Tensor weight, Tensor bias, double epsilon) {
        return new Tensor(torch.batch_norm(
                raw(),
                optional(weight),
                optional(bias),
                optional(mean.detach()),
                optional(variance.detach()),
                true,
                share,
                epsilon,
                false));
    }

    public Tensor silu() {
        return WholeVectors.apply(this, torch::silu);
    }

    public Tensor sigmoid() {
        return WholeVectors.apply(this, torch::sigmoid);
    }

    public Tensor tanh() {
        return new Tensor(raw().tanh());
    }

    public Tensor relu() {
        return new Tensor(raw().relu());
    }

    /** x Φ(x). */
    public Tensor gelu() {
        return WholeVectors.gelu(this, torch::gelu);
    }

    /** The tanh approximation of {@link #gelu()}. */
    public Tensor geluTanh() {
        return WholeVectors.gelu(this, x -> torch.gelu(x, "tanh"));
    }

    /** x · sigmoid(1.702 x), the approximation that CLIP was trained with. */
    public Tensor quickGelu() {
        // by way of silu, whose backward is one pass instead of three
        Tensor y = times(1.702).silu();
        if (Gradients.recorded()) return y.times(1 / 1.702);
        y.raw().mul_(new Scalar(1 / 1.702));
        return y;
    }

    /** Each pixel of [batch, channels, height, columns] repeated to the given size. */
    public Tensor resizeNearest(long height, long columns) {
        return new Tensor(torch.upsample_nearest2d(
                raw(), new long[] {height, columns}, new DoubleOptional(), new DoubleOptional()));
    }

    /** Bilinear with the middles of the corner pixels where they were. */
    public Tensor resizeBetweenCorners(long height, long columns) {
        return new Tensor(torch.upsample_bilinear2d(
                raw(), new long[] {height, columns}, true, new DoubleOptional(), new DoubleOptional()));
    }

    /** As Pillow weighs pixels: by a bicubic filter that widens where the picture shrinks. */
    public Tensor resizeBicubic(long height, long columns) {
        return new Tensor(ByteScaling.BICUBIC.scaled(raw, height, columns));
    }

    public Tensor averagePool(int size) {
        return new Tensor(torch.avg_pool2d(raw(), size, size));
    }

    /** The mean of each pixel's {@code size}² neighbours, itself the middle; those outside the picture do not count. */
    public Tensor averageAround(int size) {
        int around = size / 2;
        return new Tensor(torch.avg_pool2d(
                raw(),
                new long[] {size, size},
                new long[] {1, 1},
                new long[] {around, around},
                false,
                false,
                new LongOptional()));
    }

    /** The largest of each {@code size}² pixels, every {@code stride} pixels. */
    public Tensor maxPool(int size, int stride, int padding) {
        return new Tensor(torch.max_pool2d(
                raw(),
                new long[] {size, size},
                new long[] {stride, stride},
                new long[] {padding, padding},
                new long[] {1, 1},
                false));
    }

    /** Cross-entropy of logits [n, classes] against the class numbers {@code targets} [n] (int64), averaged. */
    public Tensor crossEntropy(Tensor targets) {
        return new Tensor(torch.cross_entropy_loss(raw(), targets.raw()));
    }

    /**
     * softmax(q kᵀ / √d) v over the last two axes.
     *
     * @param q [batch, heads, n, d]
     * @param k [batch, heads, m, d]
     * @param v [batch, heads, m, d]
     * @return [batch, heads, n, d], in q's type
     */
    public static Tensor attention(Tensor q, Tensor k, Tensor v) {
        return BlockAttention.apply(q, k, v, null, false);
    }

    /**
     * The same where {@code mask}, of a shape that broadcasts to [batch, heads, n, m], is BOOL (true: may attend) or is
     * added to the scores.
     */
    public static Tensor attention(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask) {
        return BlockAttention.apply(q, k, v, mask, false);
    }

    /** The same where query i sees keys up to i + (m − n) only. */
    public static Tensor causalAttention(Tensor q, Tensor k, Tensor v) {
        return BlockAttention.apply(q, k, v, null, true);
    }

    // ---- gradients

    /** This very tensor, with its operations recorded from now on. */
    public Tensor recordGradient() {
        changeable().set_requires_grad(true);
        return this;
    }

    /** Adds the gradient of this one number to {@link #grad()} of every recorded tensor it depends on. */
    public void backward() {
        raw().backward();
    }

    /** The same for a tensor of any shape, given the gradient that something else has at it. */
    public void backward(Tensor gradient) {
        raw().backward(gradient.expect("", shape()).raw, new BoolOptional(), false, new TensorArrayRefOptional());
    }

    /** The gradient gathered so far, or null. */
    public @Nullable Tensor grad() {
        org.bytedeco.pytorch.Tensor grad = raw().grad();
        return grad.defined() ? new Tensor(grad.detach()) : null; // what grad() refers to ends with its tensor
    }

    /** Gradients of this one number with respect to {@code inputs}, without touching their {@link #grad()}. */
    public List<Tensor> gradients(List<Tensor> inputs) {
        TensorVector result =
                torch.grad(vector(List.of(this)), vector(inputs), new TensorVector(), new BoolOptional(), false, true);
        return elements(result);
    }

    /** Each element for itself: what the vector gives out lies in its own memory, and goes with it. */
    private static List<Tensor> elements(TensorVector vector) {
        return Arrays.stream(vector.get())
                .map(element -> new Tensor(new org.bytedeco.pytorch.Tensor(element)))
                .toList();
    }

    // ---- memory

    /**
     * From now on in the layout by which a linear layer multiplies it fastest, where it has one for its type and device: bfloat16 on a
     * CPU. It is read and changed as before, at the cost of laying it out plainly. What is recorded stays as it is.
     *
     * @param parts of the first axis that are multiplied one by one: 1, or 2 for {@link #geglu}
     */
    public void packForLinear(int parts) {
        if (OneDnn.helps(this)) pack(() -> OneDnnLinear.of(raw, parts));
    }

    /** The same for {@link #conv2d} in one group. */
    public void packForConvolution(int stride, int padding) {
        if (!OneDnn.helps(this)) return;
        boolean points = size(2) == 1 && size(3) == 1 && stride == 1 && padding == 0;
        pack(() -> points ? OneDnnLinear.of(raw, 1) : new OneDnnConvolution(raw, stride, padding));
    }

    /**
     * From now on in whole numbers, as the weight [out, in] of a linear layer: of 8 bits, with a scale for each of its outputs, or of 4,
     * with steps of their own for every 32 numbers; where {@code in} is no multiple of these, of 8. It has the type that it had, and its
     * numbers are rounded. What is recorded stays as it is.
     *
     * @param bits 4 or 8
     */
    public void roundForLinear(int bits) {
        if (requiresGrad() || packed != null) return;
        pack(() -> bits == 4 && Int4Weight.fits(size(1)) ? Int4Weight.of(this) : Int8Weight.of(this));
        Engine.returnFreeMemory(); // or what was needed meanwhile would stay, between one weight and the next
    }

    private void pack(Supplier<PackedWeight> weight) {
        // without it the plain weight would be held until Java collects what has looked at it
        try (Scope packing = new Scope()) {
            put(placeholder(dtype(), shape()).raw, weight.get());
        }
    }

    boolean isPacked() {
        return packed != null;
    }

    /** In place of its own memory that of {@code data}, which is a stub if there is a {@code weight}. */
    void put(org.bytedeco.pytorch.Tensor data, @Nullable PackedWeight weight) {
        raw.set_data(data);
        if (packed != null) packed.free();
        packed = weight;
    }

    /** What may be changed where it lies: laid out plainly, if it was packed. */
    org.bytedeco.pytorch.Tensor changeable() {
        if (packed != null) put(packed.plain(), null);
        return raw;
    }

    /** Gives the memory back now rather than when a scope closes or nobody can reach it; this can then not be used. */
    public void free() {
        raw.deallocate();
        if (packed != null) packed.free();
    }

    public boolean isFreed() {
        return raw.isNull();
    }

    /** This tensor outside every {@link Scope}: it lives as long as the program can reach it. */
    public Tensor outliving() {
        Scope.outlive(raw);
        return this;
    }

    private static TensorOptional optional(@Nullable Tensor x) {
        return x == null ? new TensorOptional() : new TensorOptional(x.raw());
    }

    @Override
    public String toString() {
        return dtype() + Arrays.toString(shape());
    }
}

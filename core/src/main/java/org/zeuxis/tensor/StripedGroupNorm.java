package org.zeuxis.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * Group norm of pictures with channels innermost, the same to the last digit on any number of threads: LibTorch's kernel, by
 * far the fastest there, adds up what each thread happens to read. So it is given strips of a fixed size, one for each
 * thread at a time, and what it finds of them is put together.
 */
final class StripedGroupNorm {
    /** Pixels from which LibTorch adds up by threads. */
    private static final long MANY_PIXELS = 1024;
    /** Strips of a batch whose pictures have the pixels for so many: more threads find nothing to do. */
    private static final long STRIPS = 32;

    private final Tensor x;
    private final int groups;
    private final long batch;
    private final long channels;
    /** Of each picture, whatever the number of threads. */
    private final long strips;

    /** Of each group of each picture, [batch, groups], float64. */
    private record Moments(Tensor mean, Tensor variance) {}

    private StripedGroupNorm(Tensor x, int groups) {
        this.x = x;
        this.groups = groups;
        batch = x.size(0);
        channels = x.size(1);
        long pixels = x.size(2) * x.size(3);
        long count = 1;
        while (2 * count * batch <= STRIPS && pixels % (2 * count) == 0 && pixels / (2 * count) >= MANY_PIXELS)
            count *= 2;
        strips = count;
    }

    /** Whether LibTorch's sums over {@code x} would depend on the number of threads. */
    static boolean isNeeded(Tensor x) {
        org.bytedeco.pytorch.Tensor raw = x.raw();
        return x.rank() == 4
                && x.size(2) * x.size(3) >= MANY_PIXELS
                && !raw.is_cuda()
                && !raw.is_contiguous()
                && raw.is_contiguous(MemoryFormat.ChannelsLast)
                && !Gradients.recorded();
    }

    static Tensor apply(Tensor x, int groups, Tensor weight, Tensor bias, double epsilon) {
        StripedGroupNorm norm = new StripedGroupNorm(x, groups);
        Tensor y = new Tensor(torch.empty_like(x.raw()));
        try (Scope scope = new Scope()) {
            Tensor w = weight.to(DType.FLOAT32);
            Tensor b = bias.to(DType.FLOAT32);
            Moments moments = norm.moments();
            for (int n = 0; n < norm.batch; n++) {
                Tensor none = Tensor.empty(DType.FLOAT32, 0);
                torch.native_batch_norm_out(
                        y.slice(0, n, n + 1).raw(),
                        none.raw(),
                        none.raw(),
                        x.slice(0, n, n + 1).raw(),
                        new TensorOptional(w.raw()),
                        new TensorOptional(b.raw()),
                        new TensorOptional(norm.ofChannels(moments.mean, n).raw()),
                        new TensorOptional(norm.ofChannels(moments.variance, n).raw()),
                        false,
                        0,
                        epsilon);
            }
        }
        return y;
    }

    private Moments moments() {
        List<Tensor> means = new ArrayList<>();
        List<Tensor> deviations = new ArrayList<>();
        long count = batch * strips;
        int threads = torch.get_num_threads();
        Tensor all = x.permute(0, 2, 3, 1).reshape(count, -1, 1, channels);
        // a strip alone would be shared by all threads
        if (count < threads) all = all.repeat((threads + count - 1) / count, 1, 1, 1);
        Tensor ones = Tensor.ones(channels);
        Tensor zeros = Tensor.zeros(channels);
        for (long from = 0; from < count; from += threads) {
            long start = Math.min(from, all.size(0) - threads);
            Tensor some = all.slice(0, start, start + threads).permute(0, 3, 1, 2);
            T_TensorTensorTensor_T found = torch.native_group_norm(
                    some.raw(),
                    new TensorOptional(ones.raw()),
                    new TensorOptional(zeros.raw()),
                    threads,
                    channels,
                    some.size(2),
                    groups,
                    0);
            means.add(new Tensor(found.get1()).slice(0, from - start, threads));
            deviations.add(new Tensor(found.get2()).slice(0, from - start, threads));
            found.deallocate();
        }
        Tensor mean = ofStrips(means);
        Tensor square = ofStrips(deviations).pow(-2).plus(mean.square());
        Tensor whole = mean.mean(1).reshape(batch, groups);
        return new Moments(
                whole,
                square.mean(1).reshape(batch, groups).minus(whole.square()).clamp(0, Double.MAX_VALUE));
    }

    /** [batch, strips, groups], float64. */
    private Tensor ofStrips(List<Tensor> found) {
        return Tensor.cat(0, found)
                .slice(0, 0, batch * strips)
                .to(DType.FLOAT64)
                .reshape(batch, strips, groups);
    }

    /** [channels] of one picture. */
    private Tensor ofChannels(Tensor ofGroups, int n) {
        return ofGroups.select(0, n)
                .unsqueeze(1)
                .expand(groups, channels / groups)
                .reshape(channels)
                .to(DType.FLOAT32);
    }
}

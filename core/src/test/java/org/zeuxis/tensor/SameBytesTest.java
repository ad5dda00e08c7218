package org.zeuxis.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a picture is drawn with gives the same bytes on any number of threads, and to any number of callers. */
final class SameBytesTest {
    private static Tensor randn(DType type, long... shape) {
        return Seed.of(1).randn(shape).times(4).to(type);
    }

    private static Arguments of(String name, Supplier<Tensor> operation) {
        return Arguments.of(name, operation);
    }

    static Stream<Arguments> operations() {
        List<Arguments> all = new ArrayList<>();
        for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
            // 81,920 elements are shared by three of four threads; 123,457 end within a vector
            for (long[] shape : List.of(new long[] {1, 320, 16, 16}, new long[] {2, 64, 64, 64}, new long[] {123457})) {
                Tensor x = randn(type, shape);
                String name = " of " + x;
                all.add(of("silu" + name, x::silu));
                all.add(of("quickGelu" + name, x::quickGelu));
                all.add(of("sigmoid" + name, x::sigmoid));
                all.add(of("gelu" + name, x::gelu));
                all.add(of("geluTanh" + name, x::geluTanh));
            }
            Tensor halves = randn(type, 2, 301, 512).chunk(2, -1).get(1);
            all.add(of("gelu of a slice " + halves, halves::gelu));
            Tensor uneven = randn(type, 2, 301, 80).chunk(2, -1).get(1);
            all.add(of("gelu of an uneven slice " + uneven, uneven::gelu));
            all.add(of(
                    "silu of a transposed " + uneven,
                    () -> uneven.transpose(1, 2).silu()));
        }
        Tensor pictures = randn(DType.FLOAT32, 1, 64, 64, 64);
        Tensor ones = Tensor.ones(64);
        all.add(of("group norm, channels last", () -> pictures.forConvolution().groupNorm(32, ones, ones, 1e-5)));
        // 3968 pixels are two strips; 1681 one; of nine pictures of 2048 each has two
        for (long[] shape :
                List.of(new long[] {1, 64, 64, 64}, new long[] {1, 64, 64, 62}, new long[] {2, 64, 41, 41}, new long[] {
                    9, 32, 64, 32
                })) {
            Tensor halves = randn(DType.BFLOAT16, shape).forConvolution();
            Tensor scale = randn(DType.BFLOAT16, shape[1]);
            all.add(of("group norm of " + halves, () -> halves.groupNorm(16, scale, scale, 1e-5)));
            all.add(of("the same, SiLU", () -> halves.groupNormSilu(16, scale, scale, 1e-5)));
        }
        all.add(of("group norm", () -> pictures.groupNorm(32, ones, ones, 1e-5)));
        for (long batch : new long[] {1, 2}) {
            Tensor small = randn(DType.FLOAT32, batch, 320, 16, 16);
            Tensor point = randn(DType.FLOAT32, 64, 320, 1, 1);
            all.add(of("1x1 of " + small, () -> small.forConvolution().conv2d(point, ones, 1, 0, 1)));
        }
        // for these oneDNN's own 1x1 kernels differ
        Tensor few = randn(DType.FLOAT32, 2, 512, 4, 4);
        Tensor wide = randn(DType.FLOAT32, 256, 512, 1, 1);
        all.add(of("1x1 of " + few, () -> few.conv2d(wide, null, 1, 0, 1)));
        Tensor column = randn(DType.FLOAT32, 600, 320);
        Tensor large = randn(DType.FLOAT32, 640, 320);
        all.add(of("large linear", () -> column.linear(large, null)));
        Tensor rows = randn(DType.FLOAT32, 154, 320);
        Tensor weight = randn(DType.FLOAT32, 640, 320);
        all.add(of("linear", () -> rows.linear(weight, null)));
        Tensor q = randn(DType.FLOAT32, 2, 4, 300, 40);
        all.add(of("attention", () -> Tensor.attention(q, q, q)));
        all.addAll(inBfloat16());
        return all.stream();
    }

    /** Sizes of Stable Diffusion's U-Net, with weights as they come and packed. */
    private static List<Arguments> inBfloat16() {
        List<Arguments> all = new ArrayList<>();
        Tensor picture = randn(DType.BFLOAT16, 2, 320, 32, 32).forConvolution();
        Tensor rows = randn(DType.BFLOAT16, 2, 256, 640);
        Tensor q = randn(DType.BFLOAT16, 2, 4, 300, 40);
        Tensor scale = randn(DType.BFLOAT16, 640);
        for (boolean packed : new boolean[] {false, true}) {
            Tensor square = randn(DType.BFLOAT16, 320, 320, 3, 3);
            Tensor point = randn(DType.BFLOAT16, 640, 320, 1, 1);
            Tensor weight = randn(DType.BFLOAT16, 2560, 640);
            Tensor bias = randn(DType.BFLOAT16, 2560);
            Tensor halves = weight.copy();
            if (packed) {
                square.packForConvolution(1, 1);
                point.packForConvolution(1, 0);
                weight.packForLinear(1);
                halves.packForLinear(2);
            }
            String how = packed ? "packed " : "";
            all.add(of(how + "3x3", () -> picture.conv2d(square, null, 1, 1, 1)));
            all.add(of(how + "1x1", () -> picture.conv2d(point, scale, 1, 0, 1)));
            all.add(of(how + "linear", () -> rows.linear(weight, bias)));
            all.add(of(how + "geglu", () -> rows.geglu(halves, bias)));
        }
        all.add(of("attention in bfloat16", () -> Tensor.attention(q, q, q)));
        all.add(of("layer norm in bfloat16", () -> rows.layerNorm(scale, scale, 1e-5)));
        return all;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void threads(String name, Supplier<Tensor> operation) {
        int before = Engine.threads();
        try (Gradients off = Gradients.off()) {
            Engine.setThreads(1);
            byte[] alone = operation.get().toBytes();
            for (int threads : new int[] {2, 3, 4, 7}) {
                Engine.setThreads(threads);
                assertThat(operation.get().toBytes()).as("%d threads", threads).isEqualTo(alone);
            }
        } finally {
            Engine.setThreads(before);
        }
    }

    @Test
    void valuesAreThoseOfLibTorch() {
        Tensor x = randn(DType.FLOAT32, 123457);
        try (Gradients off = Gradients.off()) {
            assertThat(x.silu().maxDifference(x.over(x.negate().exp().plus(1)))).isLessThan(1e-5);
            assertThat(x.gelu().shape()).containsExactly(123457);
            Tensor picture = randn(DType.FLOAT32, 1, 64, 40, 41);
            Tensor ones = Tensor.ones(64);
            assertThat(picture.forConvolution()
                            .groupNorm(32, ones, ones, 1e-5)
                            .maxDifference(picture.groupNorm(32, ones, ones, 1e-5)))
                    .isLessThan(1e-5);
            Tensor shifted = picture.plus(20).to(DType.BFLOAT16);
            Tensor scale = ones.to(DType.BFLOAT16);
            assertThat(shifted.forConvolution()
                            .groupNorm(32, scale, scale, 1e-5)
                            .maxDifference(shifted.to(DType.FLOAT32).groupNorm(32, ones, ones, 1e-5)))
                    .isLessThan(0.02);
            // the first and the last are whole vectors, 1,312 elements are not
            for (Tensor each : List.of(picture, picture.slice(1, 0, 32).slice(2, 0, 1), shifted.forConvolution())) {
                Tensor weights = Tensor.ones(each.size(1)).to(each.dtype());
                assertThat(each.groupNormSilu(32, weights, weights, 1e-5)
                                .maxDifference(each.groupNorm(32, weights, weights, 1e-5)
                                        .silu()))
                        .isZero();
            }
            assertThat(picture.forConvolution().silu().maxDifference(picture.silu()))
                    .isLessThan(1e-6);
        }
    }

    @Test
    void callers() throws Exception {
        Tensor q = randn(DType.FLOAT32, 2, 4, 600, 40);
        Tensor weight = randn(DType.FLOAT32, 320, 320);
        Callable<byte[]> work = () -> {
            try (Gradients off = Gradients.off();
                    Scope scope = new Scope()) {
                Tensor y = Tensor.attention(q, q, q).reshape(600, 320).linear(weight, null);
                return y.silu().toBytes();
            }
        };
        byte[] alone = work.call();
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            for (Future<byte[]> each : pool.invokeAll(List.of(work, work, work, work, work, work, work, work))) {
                assertThat(each.get()).isEqualTo(alone);
            }
        } finally {
            pool.shutdown();
        }
    }
}

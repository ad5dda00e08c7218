package org.zeuxis.models.inception;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * Branches that look at the same picture side by side, their channels put one after the other.
 *
 * @see <a href="https://arxiv.org/abs/1512.00567">Rethinking the Inception Architecture</a>, Figures 5, 6, 7 and 10
 */
final class InceptionBlock extends Module {
    private final List<Branch> branches = new ArrayList<>();
    private final int in;

    private InceptionBlock(int in) {
        this.in = in;
    }

    /** Figure 5: 1×1, 5×5 and two 3×3 convolutions, and an average. */
    static InceptionBlock a(int in, int pooled) {
        InceptionBlock block = new InceptionBlock(in);
        block.branch().then("branch1x1", 64, 1, 1);
        block.branch().then("branch5x5_1", 48, 1, 1).then("branch5x5_2", 64, 5, 5);
        block.branch()
                .then("branch3x3dbl_1", 64, 1, 1)
                .then("branch3x3dbl_2", 96, 3, 3)
                .then("branch3x3dbl_3", 96, 3, 3);
        block.branch().after(x -> x.averageAround(3)).then("branch_pool", pooled, 1, 1);
        return block;
    }

    /** Figure 10: half the size by 3×3 convolutions and a maximum. */
    static InceptionBlock b(int in) {
        InceptionBlock block = new InceptionBlock(in);
        block.branch().halved("branch3x3", 384);
        block.branch()
                .then("branch3x3dbl_1", 64, 1, 1)
                .then("branch3x3dbl_2", 96, 3, 3)
                .halved("branch3x3dbl_3", 96);
        block.branch().after(x -> x.maxPool(3, 2, 0));
        return block;
    }

    /** Figure 6: 7×7 convolutions as rows and columns. */
    static InceptionBlock c(int in, int inner) {
        InceptionBlock block = new InceptionBlock(in);
        block.branch().then("branch1x1", 192, 1, 1);
        block.branch()
                .then("branch7x7_1", inner, 1, 1)
                .then("branch7x7_2", inner, 1, 7)
                .then("branch7x7_3", 192, 7, 1);
        block.branch()
                .then("branch7x7dbl_1", inner, 1, 1)
                .then("branch7x7dbl_2", inner, 7, 1)
                .then("branch7x7dbl_3", inner, 1, 7)
                .then("branch7x7dbl_4", inner, 7, 1)
                .then("branch7x7dbl_5", 192, 1, 7);
        block.branch().after(x -> x.averageAround(3)).then("branch_pool", 192, 1, 1);
        return block;
    }

    /** Half the size again, one branch by way of 7×7. */
    static InceptionBlock d(int in) {
        InceptionBlock block = new InceptionBlock(in);
        block.branch().then("branch3x3_1", 192, 1, 1).halved("branch3x3_2", 320);
        block.branch()
                .then("branch7x7x3_1", 192, 1, 1)
                .then("branch7x7x3_2", 192, 1, 7)
                .then("branch7x7x3_3", 192, 7, 1)
                .halved("branch7x7x3_4", 192);
        block.branch().after(x -> x.maxPool(3, 2, 0));
        return block;
    }

    /**
     * Figure 7: branches that end in a row beside a column.
     *
     * @param pool what the last branch begins with: in the last block of the published network a maximum, an average before
     */
    static InceptionBlock e(int in, UnaryOperator<Tensor> pool) {
        InceptionBlock block = new InceptionBlock(in);
        block.branch().then("branch1x1", 320, 1, 1);
        block.branch().then("branch3x3_1", 384, 1, 1).forked("branch3x3_2", 384);
        block.branch()
                .then("branch3x3dbl_1", 448, 1, 1)
                .then("branch3x3dbl_2", 384, 3, 3)
                .forked("branch3x3dbl_3", 384);
        block.branch().after(pool).then("branch_pool", 192, 1, 1);
        return block;
    }

    private Branch branch() {
        Branch branch = new Branch();
        branches.add(branch);
        return branch;
    }

    /**
     * @param x [batch, in, height, columns]
     * @return [batch, all channels, …]
     */
    Tensor forward(Tensor x) {
        return Tensor.cat(1, branches.stream().map(branch -> branch.of(x)).toList());
    }

    /** One path through the block. */
    private final class Branch {
        private final List<UnaryOperator<Tensor>> steps = new ArrayList<>();
        private int channels = in;

        Tensor of(Tensor x) {
            for (UnaryOperator<Tensor> step : steps) x = step.apply(x);
            return x;
        }

        Branch after(UnaryOperator<Tensor> pool) {
            steps.add(pool);
            return this;
        }

        Branch then(String name, int out, int height, int columns) {
            return then(child(name, ConvNormRelu.same(channels, out, height, columns)));
        }

        Branch halved(String name, int out) {
            return then(child(name, ConvNormRelu.inside(channels, out, 3, 2)));
        }

        private Branch then(ConvNormRelu conv) {
            channels = conv.out();
            return after(conv::forward);
        }

        Branch forked(String name, int out) {
            ConvNormRelu row = child(name + "a", ConvNormRelu.same(channels, out, 1, 3));
            ConvNormRelu column = child(name + "b", ConvNormRelu.same(channels, out, 3, 1));
            return after(x -> Tensor.cat(1, row.forward(x), column.forward(x)));
        }
    }
}

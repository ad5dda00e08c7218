package org.zeuxis.models.inception;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.checkpoint.format.WeightsFile;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * InceptionV3 as TensorFlow published it in 2015 ({@code inception-2015-12-05}), with its two oddities: averages that do not
 * count the border, and a maximum in the last block. Its keys are those of torch-fidelity and pytorch-fid.
 *
 * @see <a href="https://arxiv.org/abs/1512.00567">Rethinking the Inception Architecture</a>, Table 1
 */
public final class InceptionV3 extends Module {
    /** Height and columns of the pictures it was trained on. */
    public static final int SIZE = 299;
    /** Of its features. */
    public static final int WIDTH = 2048;

    private static final int CLASSES = 1008;
    /** How many batches it was trained on, and a bias that nothing here adds. */
    private static final String[] UNUSED = {"num_batches_tracked", "fc.bias"};

    private final List<ConvNormRelu> stem = new ArrayList<>();
    private final List<InceptionBlock> mixed = new ArrayList<>();
    private final Linear fc;

    /**
     * What it has of pictures.
     *
     * @param pooled [batch, 2048]
     * @param logits of its last layer without its bias, as the Inception score is computed, [batch, 1008]
     */
    public record Features(Tensor pooled, Tensor logits) {}

    /** With weights as they are drawn. */
    public InceptionV3() {
        stem("Conv2d_1a_3x3", ConvNormRelu.inside(3, 32, 3, 2));
        stem("Conv2d_2a_3x3", ConvNormRelu.inside(32, 32, 3, 1));
        stem("Conv2d_2b_3x3", ConvNormRelu.same(32, 64, 3, 3));
        stem("Conv2d_3b_1x1", ConvNormRelu.same(64, 80, 1, 1));
        stem("Conv2d_4a_3x3", ConvNormRelu.inside(80, 192, 3, 1));
        mixed("Mixed_5b", InceptionBlock.a(192, 32));
        mixed("Mixed_5c", InceptionBlock.a(256, 64));
        mixed("Mixed_5d", InceptionBlock.a(288, 64));
        mixed("Mixed_6a", InceptionBlock.b(288));
        mixed("Mixed_6b", InceptionBlock.c(768, 128));
        mixed("Mixed_6c", InceptionBlock.c(768, 160));
        mixed("Mixed_6d", InceptionBlock.c(768, 160));
        mixed("Mixed_6e", InceptionBlock.c(768, 192));
        mixed("Mixed_7a", InceptionBlock.d(768));
        mixed("Mixed_7b", InceptionBlock.e(1280, x -> x.averageAround(3)));
        mixed("Mixed_7c", InceptionBlock.e(WIDTH, x -> x.maxPool(3, 1, 1)));
        fc = child("fc", Linear.withoutBias(WIDTH, CLASSES));
    }

    private void stem(String name, ConvNormRelu conv) {
        stem.add(child(name, conv));
    }

    private void mixed(String name, InceptionBlock block) {
        mixed.add(child(name, block));
    }

    /**
     * Opens the published weights, such as {@code weights-inception-2015-12-05-6726825d.pth} of torch-fidelity, in float32.
     *
     * @throws IOException if the file is none of them, in one line
     */
    public static InceptionV3 load(Path file) throws IOException {
        return ModelFolder.opened(file, () -> {
            try (Weights weights = WeightsFile.of(file)) {
                StateDict state = StateDict.of(weights).ignoring(UNUSED).as(DType.FLOAT32);
                InceptionV3 model = state.sized(InceptionV3::new);
                state.loadInto(model.parameters());
                return model;
            }
        });
    }

    /** @param pixels of {@link #SIZE}, 0 to 255, [batch, 3, height, columns] */
    public Features forward(Tensor pixels) {
        pixels.expect("batch", 3, SIZE, SIZE);
        Tensor x = pixels.minus(128).over(128); // [batch, 3, 299, 299]
        for (ConvNormRelu conv : stem.subList(0, 3)) x = conv.forward(x); // [batch, 64, 147, 147]
        x = x.maxPool(3, 2, 0); // [batch, 64, 73, 73]
        for (ConvNormRelu conv : stem.subList(3, 5)) x = conv.forward(x); // [batch, 192, 71, 71]
        x = x.maxPool(3, 2, 0); // [batch, 192, 35, 35]
        for (InceptionBlock block : mixed) x = block.forward(x); // [batch, 2048, 8, 8]
        Tensor pooled = x.mean(-1).mean(-2).reshape(-1, WIDTH);
        return new Features(pooled, fc.forward(pooled));
    }
}

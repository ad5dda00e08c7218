package org.zeuxis.bench;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.zeuxis.text.BytePairEncoding;
import org.zeuxis.text.ClipTokenizer;
import org.zeuxis.text.TokenBatch;

/**
 * The same picture as {@link WholePicture} draws, by ONNX Runtime's own Java API and without Zeuxis's networks: text encoder, U-Net and
 * decoder as {@code bench/peers/onnx_export.py} exported them, each open only while it is needed, and between them DPM-Solver++(2M).
 */
public final class OnnxPicture {
    private static final int TIMESTEPS = 1000;
    private static final double FIRST_BETA = 0.00085;
    private static final double LAST_BETA = 0.012;

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final Path folder;
    private final int steps;
    private final double guidance;
    private final PictureTimes times = new PictureTimes();

    private OnnxPicture(Path folder, int steps, double guidance) {
        this.folder = folder;
        this.steps = steps;
        this.guidance = guidance;
    }

    /** @param args the folder of the exported networks, the steps and the guidance; the size is what they were exported for */
    public static void main(String[] args) throws IOException, OrtException {
        int steps = args.length > 1 ? Integer.parseInt(args[1]) : 20;
        double guidance = args.length > 2 ? Double.parseDouble(args[2]) : 7.5;
        OnnxPicture picture = new OnnxPicture(Path.of(args[0]), steps, guidance);
        byte[] drawn = picture.draw("a red apple");
        picture.times.print("onnxruntime", "FLOAT32", (int) Math.round(Math.sqrt(drawn.length / 3.0)), steps);
    }

    private OrtSession open(String name) throws OrtException {
        return environment.createSession(folder.resolve(name + ".onnx").toString());
    }

    /** The one result of a network. */
    private record Result(long[] shape, float[] values) {
        static Result of(OrtSession session, Map<String, OnnxTensor> inputs) throws OrtException {
            try (OrtSession.Result results = session.run(inputs)) {
                OnnxTensor first = (OnnxTensor) results.get(0);
                FloatBuffer buffer = first.getFloatBuffer();
                float[] values = new float[buffer.remaining()];
                buffer.get(values);
                return new Result(first.getInfo().getShape(), values);
            }
        }
    }

    /** [height, width, 3], 0 to 255. */
    private byte[] draw(String prompt) throws OrtException {
        Result states;
        try (OrtSession text = open("text_encoder")) {
            TokenBatch tokens = new ClipTokenizer(BytePairEncoding.clip()).encode(List.of("", prompt));
            try (OnnxTensor ids = OnnxTensor.createTensor(
                    environment, LongBuffer.wrap(tokens.ids()), new long[] {tokens.batch(), tokens.tokens()})) {
                states = Result.of(text, Map.of("input_ids", ids));
            }
        }
        Result latent;
        try (OrtSession unet = open("unet")) {
            times.loaded();
            latent = denoised(unet, states);
        }
        Result pixels;
        try (OrtSession decoder = open("decoder");
                OnnxTensor z = tensor(latent.values, latent.shape)) {
            pixels = Result.of(decoder, Map.of("latent", z));
        }
        int area = pixels.values.length / 3;
        byte[] bytes = new byte[3 * area];
        for (int i = 0; i < area; i++) {
            for (int c = 0; c < 3; c++) {
                float grey = Math.max(0, Math.min(1, pixels.values[c * area + i] / 2 + 0.5f));
                bytes[3 * i + c] = (byte) Math.round(255 * grey);
            }
        }
        return bytes;
    }

    private OnnxTensor tensor(float[] values, long... shape) throws OrtException {
        return OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
    }

    /** DPM-Solver++(2M) in x0 and half log SNR, as arXiv:2211.01095 has it in Algorithm 2; the last step is of the first order. */
    private Result denoised(OrtSession unet, Result states) throws OrtException {
        long[] shape = shape(unet);
        int count = (int) (shape[1] * shape[2] * shape[3]);
        double[] alphaBar = alphaBar();
        Random random = new Random(0);
        float[] x = new float[count];
        for (int i = 0; i < count; i++) x[i] = (float) random.nextGaussian();
        float[] before = new float[count];
        double lambdaBefore = 0;
        for (int step = 0; step < steps; step++) {
            int t = (steps - 1 - step) * (TIMESTEPS / steps) + 1;
            double alpha = Math.sqrt(alphaBar[t]);
            double sigma = Math.sqrt(1 - alphaBar[t]);
            double lambda = Math.log(alpha / sigma);
            float[] x0 = guided(unet, states, shape, x, t);
            for (int i = 0; i < count; i++) x0[i] = (float) ((x[i] - sigma * x0[i]) / alpha);
            int next = t - TIMESTEPS / steps;
            if (next < 0) {
                x = x0;
            } else {
                double alphaNext = Math.sqrt(alphaBar[next]);
                double sigmaNext = Math.sqrt(1 - alphaBar[next]);
                double h = Math.log(alphaNext / sigmaNext) - lambda;
                double r = step == 0 ? Double.POSITIVE_INFINITY : (lambda - lambdaBefore) / h;
                for (int i = 0; i < count; i++) {
                    double d = x0[i] + (x0[i] - before[i]) / (2 * r);
                    x[i] = (float) (sigmaNext / sigma * x[i] - alphaNext * Math.expm1(-h) * d);
                }
            }
            before = x0;
            lambdaBefore = lambda;
            times.step();
        }
        return new Result(new long[] {1, shape[1], shape[2], shape[3]}, x);
    }

    /** [2, channels, height, columns] of what the U-Net was exported for. */
    private static long[] shape(OrtSession unet) throws OrtException {
        NodeInfo sample = unet.getInputInfo().get("sample");
        if (sample != null && sample.getInfo() instanceof TensorInfo info) return info.getShape();
        throw new IllegalArgumentException(
                "unet.onnx: expected an input named sample, got none; export it with bench/peers/onnx_export.py");
    }

    /** The noise that the U-Net sees in {@code x}, away from what it sees without the prompt. */
    private float[] guided(OrtSession unet, Result states, long[] shape, float[] x, int t) throws OrtException {
        float[] twice = new float[2 * x.length];
        System.arraycopy(x, 0, twice, 0, x.length);
        System.arraycopy(x, 0, twice, x.length, x.length);
        Result eps;
        try (OnnxTensor sample = tensor(twice, shape);
                OnnxTensor timestep =
                        OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[] {t, t}), new long[] {2});
                OnnxTensor text = tensor(states.values, states.shape)) {
            eps = Result.of(unet, Map.of("sample", sample, "timestep", timestep, "encoder_hidden_states", text));
        }
        float[] guided = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            float without = eps.values[i];
            guided[i] = (float) (without + guidance * (eps.values[x.length + i] - without));
        }
        return guided;
    }

    private static double[] alphaBar() {
        double[] alphaBar = new double[TIMESTEPS];
        double product = 1;
        for (int t = 0; t < TIMESTEPS; t++) {
            double root = Math.sqrt(FIRST_BETA) + (Math.sqrt(LAST_BETA) - Math.sqrt(FIRST_BETA)) * t / (TIMESTEPS - 1);
            product *= 1 - root * root;
            alphaBar[t] = product;
        }
        return alphaBar;
    }
}

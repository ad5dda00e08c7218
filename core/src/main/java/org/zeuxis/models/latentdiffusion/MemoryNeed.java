package org.zeuxis.models.latentdiffusion;

import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalLong;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.machine.NoRoomException;
import org.zeuxis.machine.NoRoomToComputeException;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.SecondPass;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Device;

/**
 * How much memory a picture takes beside the process itself (which holds 0.3 to 0.4 GB with LibTorch loaded), from nothing but the
 * shapes of the weights and the size asked for. Weights are counted in the type that is computed in, even those of a float32 file,
 * whose pages the system could take back: every step reads all of them. What is computed on the way is counted in maps, one number
 * for each channel and place at the U-Net's or the decoder's finest level; how many maps there are at most was measured with
 * Stable Diffusion 1.5's networks at 512², 768² and 1024², in bfloat16 and float32 (docs/numbers.md).
 *
 * @param text how many numbers its weights are
 * @param unetWidth channels of the U-Net's finest level
 * @param decoderWidth channels of the autoencoder's finest level
 * @param factor pixels per latent in each direction
 * @param enlarges whether a picture is given, from which the size follows
 */
record MemoryNeed(
        long text,
        long unet,
        long autoencoder,
        int unetWidth,
        int decoderWidth,
        int factor,
        boolean enlarges,
        DType type) {
    /** Of the U-Net: what skips over it, and the widest block beside it. */
    private static final int UNET_MAPS = 70;
    /** Of the decoder, which computes small pictures as a whole. */
    private static final int WHOLE_MAPS = 10;
    /** Of the decoder, which computes large ones in bands of rows: three whole maps, one of them of twice the channels, and sums. */
    private static final int BANDED_MAPS = 6;

    private static final long LARGEST_WHOLE = 512 * 512; // pixels, as in Bands

    static MemoryNeed of(Checkpoint model, DType type) {
        return of(
                numbers(model.text().weights()),
                numbers(model.unet().weights()),
                numbers(model.autoencoder().weights()),
                model.unet().config(),
                model.autoencoder().config(),
                type);
    }

    static MemoryNeed of(
            long text, long unet, long autoencoder, UNetConfig denoising, AutoencoderKl.Config latent, DType type) {
        return new MemoryNeed(
                text,
                unet,
                autoencoder,
                denoising.levels().get(0).channels(),
                latent.channels().get(0),
                latent.factor(),
                false,
                type);
    }

    /** The same of a model that is given a picture, and draws one of {@code factor} times its size. */
    MemoryNeed enlarging() {
        return new MemoryNeed(text, unet, autoencoder, unetWidth, decoderWidth, factor, true, type);
    }

    private static long numbers(StateDict weights) {
        return weights.shapes().values().stream()
                .mapToLong(shape -> Arrays.stream(shape).reduce(1, (a, b) -> a * b))
                .sum();
    }

    /** A size that is drawn, and whether the U-Net sees it twice at each step. */
    private record Asked(long width, long height, boolean guided) {
        /** The largest of a request: that of its second pass, if it has one. */
        static Asked of(ImageRequest request, int size, int factor) {
            ImageRequest sized = Drawing.sized(request, size);
            SecondPass second = request.secondPass();
            boolean guided = request.sampling().guidance().orElse(0) != 1
                    || second != null
                            && request.sampling(SecondPass.STAGE).guidance().orElse(1) != 1;
            return second == null
                    ? new Asked(sized.width(), sized.height(), guided)
                    : new Asked(
                            second.enlarged(sized.width(), factor), second.enlarged(sized.height(), factor), guided);
        }

        long pixels() {
            return width * height;
        }
    }

    /** With another type. */
    private MemoryNeed in(DType other) {
        return new MemoryNeed(text, unet, autoencoder, unetWidth, decoderWidth, factor, enlarges, other);
    }

    /** Of a step of the U-Net. */
    private long step(Asked asked) {
        long latents = asked.pixels() / factor / factor;
        return UNET_MAPS * unetWidth * latents * (asked.guided() ? 2 : 1) * type.bytes();
    }

    /** Of the decoder; the encoder takes less. */
    private long decoding(Asked asked) {
        long banded = BANDED_MAPS * asked.pixels();
        long whole = WHOLE_MAPS * Math.min(asked.pixels(), LARGEST_WHOLE);
        return Math.max(banded, whole) * decoderWidth * type.bytes();
    }

    /** Of what a step has freed the allocator keeps about half, until a part is closed; so lent parts do not add up. */
    private long computing(Asked asked) {
        return Math.max(step(asked), step(asked) / 2 + decoding(asked));
    }

    private long weights() {
        return (text + unet + autoencoder) * type.bytes();
    }

    private long held(Asked asked) {
        return weights() + computing(asked);
    }

    /** The most that one part takes while the others are not there. */
    private long lent(Asked asked) {
        return Math.max(
                text * type.bytes(),
                Math.max(unet * type.bytes() + step(asked), autoencoder * type.bytes() + decoding(asked)));
    }

    /**
     * The most that a picture takes, in bytes.
     *
     * @param size the model's own
     * @param lent whether each part is there only while it is used
     */
    long most(ImageRequest request, int size, boolean lent) {
        Asked asked = Asked.of(request, size, factor);
        return lent ? lent(asked) : held(asked);
    }

    /**
     * Refuses, before any weights are read, what does not fit.
     *
     * @param model for the message
     * @param available bytes; empty if nobody knows
     * @throws NoRoomException if it does not, with what would
     */
    void expectRoom(String model, ImageRequest request, int size, boolean lent, OptionalLong available)
            throws NoRoomException {
        long most = most(request, size, lent);
        if (fits(most, available)) return;
        Asked asked = Asked.of(request, size, factor);
        String fix;
        if (!lent && fits(lent(asked), available)) fix = "add --low-memory";
        else if (type == DType.FLOAT32 && fits(in(DType.BFLOAT16).most(request, size, lent), available)) {
            fix = "ask for --dtype bfloat16";
        } else if (type == DType.FLOAT32 && fits(in(DType.BFLOAT16).most(request, size, true), available)) {
            fix = "ask for --low-memory --dtype bfloat16";
        } else {
            int side = largestSide(true, available);
            fix = side == 0
                    ? "close other programs, or take a smaller model"
                    : "ask for " + (lent ? "" : "--low-memory and ")
                            + (enlarges ? smaller(side) : "at most --size " + side);
        }
        throw new NoRoomException(String.format(
                Locale.ROOT,
                "%s: expected %s of free memory to draw %dx%d in %s, of them %s for weights, got %s; %s",
                model,
                said(most),
                asked.width(),
                asked.height(),
                type.label(),
                said(lent ? unet * type.bytes() : weights()),
                said(available.orElseThrow()),
                fix));
    }

    /**
     * The same once the weights are there, or each about to be lent.
     *
     * @throws NoRoomToComputeException if what is computed does not fit, with what would
     */
    void expectRoomToCompute(ImageRequest request, int size, OptionalLong available) {
        Asked asked = Asked.of(request, size, factor);
        if (fits(computing(asked), available)) return;
        int side = largestSide(false, available);
        throw new NoRoomToComputeException(String.format(
                Locale.ROOT,
                "expected %s of free memory to compute %dx%d in %s, got %s; %s",
                said(computing(asked)),
                asked.width(),
                asked.height(),
                type.label(),
                said(available.orElseThrow()),
                side == 0
                        ? "close other programs"
                        : "ask for " + (enlarges ? smaller(side) : "at most " + side + "x" + side)));
    }

    /** What is enlarged to a square of {@code side} pixels. */
    private String smaller(int side) {
        return "a picture of at most " + side / factor + "x" + side / factor;
    }

    /** The largest square that fits, in steps of 64 pixels; 0 if none does. */
    private int largestSide(boolean weights, OptionalLong available) {
        int side = 0;
        for (int next = 64; next <= 1 << 14; next += 64) {
            Asked asked = new Asked(next, next, true);
            if (!fits(weights ? lent(asked) : computing(asked), available)) return side;
            side = next;
        }
        return side;
    }

    /** Memory of another device than the processor is its own affair. */
    private static boolean fits(long bytes, OptionalLong available) {
        return available.isEmpty() || !Device.current().equals(Device.CPU) || bytes <= available.getAsLong();
    }

    private static String said(long bytes) {
        return String.format(Locale.ROOT, bytes < 100_000_000 ? "%.3f GB" : "%.1f GB", bytes / 1e9);
    }
}

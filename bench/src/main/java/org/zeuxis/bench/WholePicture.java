package org.zeuxis.bench;

import java.io.IOException;
import java.nio.file.Path;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.tensor.DType;

/**
 * A whole picture by the folder of a Stable Diffusion: seconds since the process began until it was loaded, had done its first
 * step, and had the picture, seconds from step to step, and the most memory it took; {@code bench/peers/imagine.py} is the peer.
 */
public final class WholePicture {
    private WholePicture() {}

    /** @param args the folder, the type, the steps, the size, the sampler and the guidance */
    public static void main(String[] args) throws IOException {
        DType type = DType.valueOf(args.length > 1 ? args[1] : "BFLOAT16");
        int steps = args.length > 2 ? Integer.parseInt(args[2]) : 2;
        int size = args.length > 3 ? Integer.parseInt(args[3]) : 512;
        ImageRequest request = ImageRequest.of("a red apple").withSteps(steps).withSize(size, size);
        if (args.length > 4) request = request.withSampler(args[4]);
        if (args.length > 5) request = request.withGuidance(Double.parseDouble(args[5]));
        PictureTimes times = new PictureTimes();
        try (LatentDiffusion model = LatentDiffusion.load(Path.of(args[0]), type)) {
            times.loaded();
            model.generate(request, event -> times.step());
            times.print("imagine", type.toString(), size, steps);
        }
    }
}

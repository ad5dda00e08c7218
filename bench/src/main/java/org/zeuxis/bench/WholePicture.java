package org.zeuxis.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.tensor.DType;

/**
 * A whole picture by the folder of a Stable Diffusion: seconds since the process began until it was loaded, had done its first
 * step, and had the picture, and the most memory it took; {@code bench/peers/imagine.py} is the peer.
 */
public final class WholePicture {
    private WholePicture() {}

    /** @param args the folder, the type, the steps and the size */
    public static void main(String[] args) throws IOException {
        DType type = DType.valueOf(args.length > 1 ? args[1] : "BFLOAT16");
        int steps = args.length > 2 ? Integer.parseInt(args[2]) : 2;
        int size = args.length > 3 ? Integer.parseInt(args[3]) : 512;
        try (LatentDiffusion model = LatentDiffusion.load(Path.of(args[0]), type)) {
            double loaded = seconds();
            List<Double> done = new ArrayList<>();
            ImageRequest request =
                    ImageRequest.of("a red apple").withSteps(steps).withSize(size, size);
            model.generate(request, event -> done.add(seconds()));
            System.out.printf(
                    Locale.ROOT,
                    "{\"benchmark\": \"imagine\", \"type\": \"%s\", \"size\": %d, \"steps\": %d, \"loaded\": %.2f,"
                            + " \"first_step\": %.2f, \"whole\": %.2f, \"peak_gb\": %.2f}%n",
                    type,
                    size,
                    steps,
                    loaded,
                    done.get(0),
                    seconds(),
                    peak());
        }
    }

    private static double seconds() {
        return (System.currentTimeMillis()
                        - ManagementFactory.getRuntimeMXBean().getStartTime())
                / 1e3;
    }

    /** Linux alone tells; elsewhere 0. */
    private static double peak() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) return 0;
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmHWM:")) return Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e9;
        }
        return 0;
    }
}

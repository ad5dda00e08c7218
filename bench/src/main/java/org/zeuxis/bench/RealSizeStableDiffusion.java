package org.zeuxis.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.models.latentdiffusion.adapter.Adapters;
import org.zeuxis.models.latentdiffusion.adapter.Lora;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.TokenBatch;

/**
 * Stable Diffusion 1.5, 2.1 and 1.5 for inpainting at their size beside diffusers: what {@code tools/golden/real_size_stable_diffusion.py} wrote into a
 * folder, computed again, as a table of largest differences; pictures in levels of 255, and of some the PSNR of bfloat16.
 */
public final class RealSizeStableDiffusion {
    /** Of which bfloat16 is compared with float32. */
    private static final List<String> IN_BFLOAT16 = List.of("dpm++2m", "from", "large", "mask, dpm++2m");

    private final Path folder;
    private final String version;
    private final Safetensors reference;
    private final Map<String, String> notes;

    private RealSizeStableDiffusion(Path folder, String version, Safetensors reference) {
        this.folder = folder;
        this.version = version;
        this.reference = reference;
        notes = reference.metadata();
    }

    /** @param args the folder */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        System.out.println(
                "| model | compared | largest difference | of | PSNR of bfloat16, dB |\n|---|---|---|---|---|");
        for (String version : List.of("1.5", "2.1", "1.5-inpainting")) {
            Path file = folder.resolve(version + ".safetensors");
            if (!Files.exists(file)) continue;
            try (Safetensors reference = Safetensors.open(file)) {
                new RealSizeStableDiffusion(folder, version, reference).compare();
            }
        }
    }

    private void row(String what, double difference, String of, String psnr) {
        System.out.printf(Locale.ROOT, "| %s | %s | %.3g | %s | %s |%n", version, what, difference, of, psnr);
    }

    private void tensor(String what, Tensor got, String key) {
        Tensor expected = reference.tensor(key);
        row(
                what,
                got.maxDifference(expected),
                String.format(Locale.ROOT, "%.3g", expected.abs().max()),
                "–");
    }

    private void compare() throws IOException {
        String model = folder.resolve(version).toString();
        try (LatentDiffusion open = (LatentDiffusion) Models.standard().open(model, TextToImage.class, DType.FLOAT32)) {
            parts(open);
            for (String line : cases()) if (!needsAdapter(line)) picture(open, line);
        }
        for (String line : cases()) {
            if (!needsAdapter(line)) continue;
            try (TextToImage open = LatentDiffusion.load(Path.of(model), DType.FLOAT32, adapters(line))) {
                picture(open, line);
            }
        }
    }

    private List<String> cases() {
        return note("cases").lines().toList();
    }

    private String note(String key) {
        String said = notes.get(key);
        if (said == null) throw new IllegalStateException("expected a reference with " + key);
        return said;
    }

    /** The reference has the word in the model from then on. */
    private static boolean needsAdapter(String line) {
        return line.contains("|word|") || line.contains("|lora|");
    }

    private Adapters adapters(String line) {
        Adapters word = Adapters.NONE.withEmbedding(folder.resolve(version + "-word.safetensors"));
        if (line.contains("|word|")) return word;
        return word.with(
                new Lora(folder.resolve(version + "-lora.safetensors"), Double.parseDouble(note("lora_weight"))));
    }

    private void parts(LatentDiffusion open) {
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            TokenBatch tokens = open.tokenizer().encode(List.of(note("negative"), note("prompt")));
            Tensor states = open.text().forward(Tensor.of(tokens.ids(), tokens.batch(), tokens.tokens()));
            tensor("text embeddings", states, "out.states");
            Tensor xt = reference.tensor("in.xt");
            tensor("one evaluation of the U-Net", open.unet().forward(xt, Tensor.full(700, 2), states), "out.unet");
            tensor(
                    "encoded",
                    open.autoencoder().encode(reference.tensor("in.image")).mean(),
                    "out.encoded");
            tensor("decoded", open.autoencoder().decode(xt.slice(0, 0, 1).slice(1, 0, 4)), "out.decoded");
        }
    }

    private static Image image(Tensor samples, int channels) {
        float[] values = samples.toFloats();
        byte[] bytes = new byte[values.length / channels * 3];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) values[channels == 3 ? i : i / 3];
        return new Image((int) samples.size(1), (int) samples.size(0), 3, bytes);
    }

    private ImageRequest request(String[] line) {
        int size = Integer.parseInt(line[3]);
        ImageRequest words = ImageRequest.of(line[4])
                .withNegative(note("negative"))
                .withSeed(Long.parseLong(note("seed")))
                .withSteps(Integer.parseInt(note("steps")))
                .withGuidance(Double.parseDouble(note("guidance")))
                .withSampler(line[2])
                .withSize(size, size);
        if (line.length < 6 || line[5].isEmpty()) return words;
        ImageRequest from = words.from(image(reference.tensor("in.picture"), 3), Double.parseDouble(line[5]));
        return line[1].equals("mask") ? from.mask(image(reference.tensor("in.mask"), 1)) : from;
    }

    private void picture(TextToImage open, String said) throws IOException {
        String[] line = said.split("\\|");
        ImageRequest request = request(line);
        byte[] got = open.generate(request).get(0).image().samples();
        float[] expected = reference.tensor("out." + line[0]).toFloats();
        double largest = 0;
        for (int i = 0; i < got.length; i++) largest = Math.max(largest, Math.abs((got[i] & 255) - expected[i]));
        String psnr = "–";
        if (IN_BFLOAT16.contains(line[0])) {
            try (TextToImage half = LatentDiffusion.load(folder.resolve(version), DType.BFLOAT16)) {
                psnr = psnr(got, half.generate(request).get(0).image().samples());
            }
        }
        row("10 steps, " + line[3] + "², " + line[0], largest, "255 levels", psnr);
    }

    private static String psnr(byte[] a, byte[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += Math.pow((a[i] & 255) - (b[i] & 255), 2);
        return String.format(Locale.ROOT, "%.1f", 10 * Math.log10(255 * 255 / Math.max(1e-9, sum / a.length)));
    }
}

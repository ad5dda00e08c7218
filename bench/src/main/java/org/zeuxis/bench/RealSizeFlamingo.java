package org.zeuxis.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.hub.Models;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.flamingo.GatedCrossAttention;
import org.zeuxis.models.flamingo.PerceiverResampler;
import org.zeuxis.models.lm.Choice;
import org.zeuxis.models.lm.Generation;
import org.zeuxis.models.lm.Reading;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * A block of IDEFICS-9B and of OpenFlamingo-9B at their widths beside transformers and open_flamingo: what {@code
 * tools/golden/real_size_flamingo.py} wrote into a folder, computed again in float32, as a table of largest differences.
 */
public final class RealSizeFlamingo {
    private static final double MOST = 1e-4;

    private final Safetensors reference;
    private boolean good = true;

    private RealSizeFlamingo(Safetensors reference) {
        this.reference = reference;
    }

    /** @param args the folder; ends with 1 where a difference is above 1e-4 or another token is written */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        System.out.println("| compared | largest difference | of |\n|---|---|---|");
        boolean good = true;
        try (Safetensors idefics = Safetensors.open(folder.resolve("idefics.safetensors"));
                Safetensors parts = Safetensors.open(folder.resolve("open-flamingo.safetensors"));
                Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            good &= new RealSizeFlamingo(idefics).idefics(folder.resolve("idefics"));
            good &= new RealSizeFlamingo(parts).openFlamingo();
        }
        System.exit(good ? 0 : 1);
    }

    private void row(String what, Tensor got, String key) {
        Tensor expected = reference.tensor(key);
        double difference = got.maxDifference(expected);
        good &= difference <= MOST;
        System.out.printf(
                Locale.ROOT,
                "| %s | %.3g | %.3g |%n",
                what,
                difference,
                expected.abs().max());
    }

    private boolean idefics(Path folder) throws IOException {
        try (FlamingoFolder open = Models.standard().open(folder.toString(), FlamingoFolder.class, DType.FLOAT32)) {
            Tensor ids = reference.tensor("in.ids");
            Tensor visual = open.model().see(reference.tensor("in.pixels"));
            row("IDEFICS, visual tokens of two pictures", visual, "out.visual");
            row("IDEFICS, logits", open.model().forward(ids, visual.unsqueeze(0)), "out.logits");
            long[] expected = reference.tensor("out.greedy").toLongs();
            int[] prompt = ints(ids.toLongs());
            try (Reading reading = open.model().reading(visual, prompt.length + expected.length)) {
                int[] written = Generation.write(reading, prompt, expected.length, -1, Choice.GREEDY, token -> true);
                boolean same = Arrays.equals(written, ints(expected));
                good &= same;
                System.out.println("| IDEFICS, greedy tokens | " + (same ? "none" : "another text") + " | "
                        + expected.length + " |");
            }
        }
        return good;
    }

    private static int[] ints(long[] all) {
        return Arrays.stream(all).mapToInt(Math::toIntExact).toArray();
    }

    private boolean openFlamingo() throws IOException {
        int eyes = Math.toIntExact(reference.shape("in.media")[3]);
        int width = Math.toIntExact(reference.shape("in.x")[2]);
        StateDict state = StateDict.of(reference);
        try (PerceiverResampler resampler = new PerceiverResampler(PerceiverResampler.Config.openFlamingo(eyes));
                GatedCrossAttention gated =
                        new GatedCrossAttention(GatedCrossAttention.Config.openFlamingo(width, eyes))) {
            state.under("resampler.").loadInto(resampler);
            state.under("gated.").loadInto(gated);
            row("OpenFlamingo, latents", resampler.forward(reference.tensor("in.features")), "out.latents");
            Tensor x =
                    gated.forward(reference.tensor("in.x"), reference.tensor("in.media"), reference.tensor("in.shown"));
            row("OpenFlamingo, gated layer", x, "out.x");
        }
        return good;
    }
}

package org.zeuxis.models.latentdiffusion.adapter;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.checkpoint.format.WeightsFile;
import org.zeuxis.config.Config;
import org.zeuxis.models.latentdiffusion.adapter.LoraKey.Network;
import org.zeuxis.models.latentdiffusion.adapter.LoraKey.Role;
import org.zeuxis.tensor.Scope;
import org.zeuxis.text.NearestName;
import org.zeuxis.text.Words;

/**
 * A LoRA that is open.
 *
 * @param layers by network and name, as the file has them, each with the first of its tensors
 */
record LoraFile(Weights weights, Map<LoraKey, LoraLayer> layers) implements AutoCloseable {
    /** What diffusers notes of a file that it wrote. */
    private static final String NOTES = "lora_adapter_metadata";

    static LoraFile open(Lora lora) throws IOException {
        Weights weights = WeightsFile.of(lora.file());
        try {
            return new LoraFile(weights, layers(weights, lora.weight()));
        } catch (IOException | RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    private static Map<LoraKey, LoraLayer> layers(Weights weights, double weight) throws IOException {
        // a key of another model tells more than the first one that both have
        for (String key : weights.names()) {
            if (LoraKey.isOfXl(key)) throw refused(weights, key);
        }
        if (weights.names().isEmpty()) {
            throw new IOException(weights.origin() + ": expected the layers of a LoRA, got none; fetch it again");
        }
        Map<LoraKey, Map<Role, String>> found = new LinkedHashMap<>();
        for (String key : weights.names()) {
            LoraKey is = LoraKey.of(key);
            if (is == null) throw refused(weights, key);
            found.computeIfAbsent(is.of(Role.DOWN), none -> new EnumMap<>(Role.class))
                    .put(is.role(), key);
        }
        Map<LoraKey, LoraLayer> layers = new LinkedHashMap<>();
        for (Map.Entry<LoraKey, Map<Role, String>> each : found.entrySet()) {
            double noted = notedScale(weights, each.getKey().network());
            layers.put(each.getKey(), layer(weights, each.getValue(), weight, noted));
        }
        return layers;
    }

    private static IOException refused(Weights weights, String key) {
        return new IOException(weights.origin() + ": expected the layers of a LoRA, got " + Words.clean(key) + ", "
                + LoraKey.refusal(key));
    }

    private static LoraLayer layer(Weights weights, Map<Role, String> keys, double weight, double noted)
            throws IOException {
        String down = keys.get(Role.DOWN);
        String up = keys.get(Role.UP);
        if (down == null || up == null) {
            throw new IOException(weights.origin() + ": expected two matrices for each layer of a LoRA, got "
                    + Words.clean(keys.values().iterator().next()) + " without "
                    + (down == null ? "the first" : "the second") + "; fetch it again");
        }
        String alpha = keys.get(Role.ALPHA);
        double scale = noted;
        if (alpha != null) {
            long[] shape = weights.shape(down);
            scale = number(weights, alpha) / Math.max(1, shape.length == 0 ? 1 : shape[0]);
        }
        return new LoraLayer(weights, down, keys.get(Role.MID), up, weight * scale);
    }

    /** The only number of a tensor. */
    private static double number(Weights weights, String key) throws IOException {
        long[] shape = weights.shape(key);
        boolean single = Arrays.stream(shape).allMatch(n -> n == 1);
        try (Scope scope = new Scope()) {
            double number = single ? weights.tensor(key).item() : Double.NaN;
            if (Double.isFinite(number)) return number;
        }
        throw new IOException(weights.origin() + ": expected " + Words.clean(key) + " to be a number, got "
                + (single ? "none" : Arrays.toString(shape)) + "; fetch it again");
    }

    /** Of layers without an alpha of their own: 1, unless diffusers noted another. */
    private static double notedScale(Weights weights, Network network) throws IOException {
        String notes = weights.metadata().get(NOTES);
        if (notes == null) return 1;
        Config c = Config.parse(weights.origin() + ": " + NOTES, notes);
        String part = network == Network.UNET ? "unet." : "text_encoder.";
        for (String key : List.of("use_rslora", "use_dora")) {
            if (c.has(part + key)) c.expect(part + key, false);
        }
        if (c.has(part + "alpha_pattern")) c.expect(part + "alpha_pattern", "{}", "null");
        if (!c.has(part + "lora_alpha")) return 1;
        double scale = c.number(part + "lora_alpha") / c.number(part + "r");
        if (Double.isFinite(scale)) return scale;
        throw new IOException(c.origin() + ": expected a lora_alpha for a rank of at least 1, got a rank of "
                + c.literal(part + "r") + "; fetch it again");
    }

    /**
     * What is added to which weight.
     *
     * @param shapes of the network's weights, by key
     * @throws IOException if there is a layer that the network has not, or of another shape
     */
    Map<String, LoraLayer> fitted(Network network, Map<String, long[]> shapes) throws IOException {
        Map<String, String> names = new LinkedHashMap<>();
        for (Map.Entry<String, long[]> weight : shapes.entrySet()) {
            if (!weight.getKey().endsWith(".weight") || weight.getValue().length < 2) continue;
            String name = weight.getKey().substring(0, weight.getKey().length() - ".weight".length());
            names.put(name, weight.getKey());
            names.put(name.replace('.', '_'), weight.getKey());
        }
        Map<String, LoraLayer> fitted = new LinkedHashMap<>();
        for (Map.Entry<LoraKey, LoraLayer> each : layers.entrySet()) {
            if (each.getKey().network() != network) continue;
            LoraLayer layer = each.getValue();
            String name = each.getKey().layer();
            String key = names.get(name);
            long[] shape = key == null ? null : shapes.get(key);
            if (key == null || shape == null) throw other(network, layer.down(), nearest(name, names.keySet()));
            String complaint = layer.complaint(shape);
            if (complaint != null) {
                throw new IOException(weights.origin() + ": " + complaint + ", for " + key + " "
                        + Arrays.toString(shape) + " of the " + network.words + of(layer, key));
            }
            fitted.put(key, layer);
        }
        return fitted;
    }

    private IOException other(Network network, String key, String nearest) {
        return new IOException(weights.origin() + ": expected layers of this model's " + network.words + ", got "
                + Words.clean(key) + nearest + "; choose a LoRA of this model");
    }

    private static String nearest(String layer, Set<String> names) {
        String nearest = NearestName.of(layer, names);
        return nearest == null ? "" : "; nearest layer: " + nearest;
    }

    /** Which model a layer is of, where what it reads is as wide as the words of that. */
    private String of(LoraLayer layer, String key) {
        if (!key.contains("attn2.to_")) return "; choose a LoRA of this model";
        long[] shape = weights.shape(layer.down());
        int width = shape.length < 2 ? 0 : (int) shape[1];
        String model = switch (width) {
            case 768 -> "it is of Stable Diffusion 1; ";
            case 1024 -> "it is of Stable Diffusion 2; ";
            case 2048 -> "it is of Stable Diffusion XL; ";
            default -> "";
        };
        return "; " + model + "choose a LoRA of this model";
    }

    @Override
    public void close() {
        weights.close();
    }
}

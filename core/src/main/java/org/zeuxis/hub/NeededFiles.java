package org.zeuxis.hub;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which files of a model's repository are worth downloading: configurations, tokenizers, and of the weights one kind and one
 * precision.
 */
final class NeededFiles {
    private static final String INDEX = "model_index.json";
    private static final List<String> TEXTS = List.of(".json", ".txt", ".model", ".bpe");
    private static final List<String> SAFETENSORS = List.of(".safetensors");
    private static final List<String> PICKLES = List.of(".bin", ".pt", ".pth", ".ckpt");
    private static final List<String> FOREIGN =
            List.of(".onnx", ".msgpack", ".h5", ".gguf", ".tflite", ".ot", ".xml", ".mlmodel");

    /** Components of pipelines that judge pictures: large, asked for by few, and opened only where they are. */
    static final Set<String> NEVER_OPENED = Set.of("safety_checker", "feature_extractor");

    /** Folders of tools, of other engines and of a training that stopped on its way. */
    private static final Pattern ASIDE =
            Pattern.compile("(?:.*/)?(?:\\.[^./][^/]*|[^/]*\\.mlpackage|[^/]*\\.mlmodelc|checkpoint-\\d+)(?:/.*)?");

    /** What a training leaves beside the weights, in the same format. */
    private static final Pattern LEFTOVER =
            Pattern.compile("(?:training_args|optimizer|scheduler|scaler|rng_state.*|random_states.*)\\.\\w+");

    private NeededFiles() {}

    /**
     * @param names of all files
     * @return those needed, the large ones last
     */
    static List<String> of(Collection<String> names) {
        boolean pipeline = names.contains(INDEX);
        List<String> texts = new ArrayList<>();
        List<String> weights = new ArrayList<>();
        byFolder(names).forEach((folder, files) -> {
            if (ASIDE.matcher(folder).matches() || (pipeline && NEVER_OPENED.contains(folder))) return;
            boolean root = folder.isEmpty();
            // beside the index lie whole pipelines in one file, for other programs
            List<WeightsName> chosen = pipeline && root ? List.of() : weights(files);
            boolean ofAnotherEngine =
                    chosen.isEmpty() && !root && !ending(files, FOREIGN).isEmpty();
            if (ofAnotherEngine) return;
            String prefix = root ? "" : folder + "/";
            for (String file : ending(files, TEXTS)) {
                if (!file.startsWith(".") && WeightsName.indexes(file, chosen)) texts.add(prefix + file);
            }
            for (WeightsName file : chosen) weights.add(prefix + file.file());
        });
        texts.addAll(weights);
        return texts;
    }

    static boolean isWeights(String path) {
        return TEXTS.stream().noneMatch(path::endsWith);
    }

    private static Map<String, List<String>> byFolder(Collection<String> names) {
        Map<String, List<String>> folders = new LinkedHashMap<>();
        for (String name : names) {
            int slash = name.lastIndexOf('/');
            folders.computeIfAbsent(slash < 0 ? "" : name.substring(0, slash), f -> new ArrayList<>())
                    .add(name.substring(slash + 1));
        }
        return folders;
    }

    /** Safetensors if the folder has any, else pickles; those that Python opens by default, else all. */
    private static List<WeightsName> weights(List<String> files) {
        List<String> candidates = ending(files, SAFETENSORS);
        if (candidates.isEmpty()) {
            candidates = new ArrayList<>(ending(files, PICKLES));
            candidates.removeIf(file -> LEFTOVER.matcher(file).matches()
                    // OpenVINO's
                    || files.contains(file.substring(0, file.lastIndexOf('.')) + ".xml"));
        }
        List<WeightsName> all = new ArrayList<>(
                candidates.stream().map(WeightsName::of).distinct().toList());
        for (String usual : WeightsName.USUAL) {
            if (all.stream().anyMatch(one -> one.stem().equals(usual))) {
                all.removeIf(one -> !one.stem().equals(usual));
            }
        }
        List<WeightsName> chosen = new ArrayList<>();
        for (String stem : all.stream().map(WeightsName::stem).distinct().toList()) {
            List<WeightsName> same =
                    all.stream().filter(one -> one.stem().equals(stem)).toList();
            chosen.addAll(onePrecision(same));
        }
        return chosen;
    }

    /** The plain ones if there are any, else half precision, else the first by name; whole rather than in shards. */
    private static List<WeightsName> onePrecision(List<WeightsName> sameStem) {
        List<String> variants =
                sameStem.stream().map(WeightsName::variant).distinct().sorted().toList();
        String best = List.of("", "fp16", "bf16").stream()
                .filter(variants::contains)
                .findFirst()
                .orElse(variants.get(0));
        List<WeightsName> chosen =
                sameStem.stream().filter(one -> one.variant().equals(best)).toList();
        List<WeightsName> whole = chosen.stream().filter(one -> !one.shard()).toList();
        return whole.isEmpty() ? chosen : whole;
    }

    private static List<String> ending(List<String> files, List<String> ends) {
        return files.stream()
                .filter(file -> ends.stream().anyMatch(file::endsWith))
                .toList();
    }

    /**
     * A file of weights by the parts of its name, such as {@code model.fp16-00001-of-00002.safetensors}.
     *
     * @param variant the precision, or empty for the plain one
     * @param shard whether it is one of several files
     */
    private record WeightsName(String file, String stem, String variant, String end, boolean shard) {
        /** How Python calls the weights, the first of which it opens. */
        static final List<String> USUAL = List.of("diffusion_pytorch_model", "model", "pytorch_model");

        private static final Pattern SHARD = Pattern.compile("-\\d{5}-of-\\d{5}");
        private static final Pattern PRECISION = Pattern.compile("(.+)\\.((?:fp|bf|int)\\d+|non_ema|ema)");
        private static final Pattern INDEX_OF = Pattern.compile("(.+)\\.(\\w+)\\.index(\\.\\w+)?\\.json");

        static WeightsName of(String file) {
            int dot = file.lastIndexOf('.');
            String whole = file.substring(0, dot);
            String name = SHARD.matcher(whole).replaceFirst("");
            String end = file.substring(dot);
            for (String usual : USUAL) {
                if (name.startsWith(usual + ".")) {
                    String variant = name.substring(usual.length() + 1);
                    return new WeightsName(file, usual, variant, end, !name.equals(whole));
                }
            }
            Matcher precision = PRECISION.matcher(name);
            return precision.matches()
                    ? new WeightsName(file, precision.group(1), precision.group(2), end, !name.equals(whole))
                    : new WeightsName(file, name, "", end, !name.equals(whole));
        }

        /** Whether {@code json} is no index of shards, or that of some chosen ones. */
        static boolean indexes(String json, List<WeightsName> chosen) {
            Matcher index = INDEX_OF.matcher(json);
            if (!index.matches()) return true;
            String variant = index.group(3) == null ? "" : index.group(3);
            WeightsName of = of(index.group(1) + variant + "." + index.group(2));
            return chosen.stream()
                    .anyMatch(one -> one.shard()
                            && one.stem.equals(of.stem)
                            && one.variant.equals(of.variant)
                            && one.end.equals(of.end));
        }
    }
}

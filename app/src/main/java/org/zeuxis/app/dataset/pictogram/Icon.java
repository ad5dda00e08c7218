package org.zeuxis.app.dataset.pictogram;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.dataset.concept.Concept;
import org.zeuxis.app.dataset.concept.Split;
import org.zeuxis.app.dataset.concept.Tags;
import org.zeuxis.checkpoint.Digest;

/**
 * One rasterised icon.
 *
 * @param icon its name in its set
 * @param concept the emoji that its name is a name of, if any
 * @param words categories and aliases of its set
 * @param png RGBA, transparent background
 * @param colored whether it has colours of its own; black otherwise, to be inked
 */
record Icon(
        IconSource source,
        String license,
        String icon,
        IconName name,
        @Nullable Concept concept,
        List<String> words,
        byte[] png,
        boolean colored,
        String pixelsSha256,
        String sourceSha256) {
    private static final ObjectMapper JSON = new ObjectMapper();

    String key() {
        return source.prefix() + "_" + icon;
    }

    Split nameSplit() {
        return concept != null ? concept.split() : Split.of(name.base());
    }

    /** Its folder in the dataset. */
    String folder() {
        if (source.heldOut()) return source.use();
        return switch (nameSplit()) {
            case TRAIN -> colored ? "train-colored" : "train-monochrome";
            case VALIDATION -> "validation";
            case HELDOUT -> "heldout-names";
        };
    }

    DatasetFolder.Sample sample() {
        return new DatasetFolder.Sample(key(), folder(), png, json(), label());
    }

    /** What its shard says of it. */
    ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        json.put("key", key());
        json.put("vendor", source.prefix());
        String style = name.styles().isEmpty() ? source.style() : String.join(" ", name.styles());
        if (!style.isEmpty()) json.put("style", style);
        json.put("label", label());
        tags().forEach(json.putArray("tags")::add);
        json.put("palette", colored ? "colored" : "monochrome");
        if (concept != null) {
            json.put("hexcode", concept.hexcode());
            json.put("group", concept.group());
            json.put("subgroup", concept.subgroup());
            json.put("mirror", !concept.handed());
        }
        json.put("split", folder());
        json.put("concept_split", nameSplit().name().toLowerCase(java.util.Locale.ROOT));
        return json;
    }

    /** The manifest's line: what the shard says, its licence, source and hashes. */
    ObjectNode manifest() {
        ObjectNode json = json();
        json.put("icon", icon);
        json.put("license", license);
        json.put("package", IconSet.SCOPE + source.prefix() + "@" + source.version());
        json.put("png_sha256", Digest.sha256().with(png).hex());
        json.put("pixels_sha256", pixelsSha256);
        json.put("source_sha256", sourceSha256);
        return json;
    }

    /** The CLDR name for the emoji of a set of emoji, or else the words of its name. */
    private String label() {
        boolean emoji = source.prefix().contains("emoji");
        return emoji && concept != null ? concept.label() : name.noun();
    }

    private List<String> tags() {
        Set<String> tags = new LinkedHashSet<>();
        if (concept != null) {
            tags.add(concept.label());
            tags.addAll(concept.tags());
        }
        tags.addAll(Tags.filter(label(), words));
        tags.remove(label());
        List<String> kept = new ArrayList<>(tags);
        return kept.subList(0, Math.min(12, kept.size()));
    }
}

package org.zeuxis.app.dataset.pictogram;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.zeuxis.app.dataset.concept.Concept;
import org.zeuxis.app.dataset.concept.Split;
import org.zeuxis.checkpoint.Digest;

/**
 * One rasterised drawing of one concept by one vendor.
 *
 * @param key unique in the dataset
 * @param png RGBA, transparent background
 * @param sourceSha256 of the SVG body that it was drawn from
 */
record Drawing(
        String key, Vendor vendor, String icon, Concept concept, byte[] png, String pixelsSha256, String sourceSha256) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Its folder in the dataset. */
    String folder() {
        return concept.split().folder(vendor.heldOut());
    }

    DatasetFolder.Sample sample() {
        return new DatasetFolder.Sample(key, folder(), png, json(), concept.label());
    }

    /** All that is known of it; the manifest's line and the sample's json part. */
    ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        json.put("key", key);
        json.put("vendor", vendor.prefix());
        json.put("style", vendor.style());
        json.put("icon", icon);
        json.put("hexcode", concept.hexcode());
        json.put("base", Split.base(concept.hexcode()));
        json.put("label", concept.label());
        concept.tags().forEach(json.putArray("tags")::add);
        json.put("group", concept.group());
        json.put("subgroup", concept.subgroup());
        json.put("split", folder());
        json.put("concept_split", concept.split().name().toLowerCase(java.util.Locale.ROOT));
        json.put("mirror", !concept.handed());
        json.put("png_sha256", Digest.sha256().with(png).hex());
        json.put("pixels_sha256", pixelsSha256);
        json.put("source_sha256", sourceSha256);
        return json;
    }
}

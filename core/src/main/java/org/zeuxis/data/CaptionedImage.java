package org.zeuxis.data;

import java.util.List;
import java.util.Map;
import org.zeuxis.image.Image;

/**
 * A picture and what is said of it.
 *
 * @param key what its dataset calls it, unique there
 * @param image [height, width, 3 or 4]
 * @param captions any number, best first
 * @param attributes all else that is known, by name; a list per name, of one value for most
 */
public record CaptionedImage(String key, Image image, List<String> captions, Map<String, List<String>> attributes) {

    public CaptionedImage {
        captions = List.copyOf(captions);
        attributes = Map.copyOf(attributes);
    }

    /** A picture of which nothing is known but captions. */
    public CaptionedImage(String key, Image image, List<String> captions) {
        this(key, image, captions, Map.of());
    }

    /** The best caption, empty if there is none. */
    public String caption() {
        return captions.isEmpty() ? "" : captions.get(0);
    }

    /** What it shows, in a word: the attribute {@code label}, or else the best caption; empty if there is neither. */
    public String label() {
        String label = value("label", "").strip();
        return label.isEmpty() ? caption().strip() : label;
    }

    /** All values of an attribute, empty if it is unknown. */
    public List<String> values(String attribute) {
        return attributes.getOrDefault(attribute, List.of());
    }

    /** The first value of an attribute, or {@code otherwise} if it is unknown. */
    public String value(String attribute, String otherwise) {
        List<String> values = values(attribute);
        return values.isEmpty() ? otherwise : values.get(0);
    }
}

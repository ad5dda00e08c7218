package org.zeuxis.models.clip.preprocessing;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.image.CenterCrop;
import org.zeuxis.image.Resampling;
import org.zeuxis.image.Resize;
import org.zeuxis.image.TensorFilter;

/** With what transformers prepares pictures, which is seen in single grey levels and in odd margins. */
enum ImageProcessorBackend {
    /** What it takes by itself. With another filter it fails, or takes another, as the version of torchvision may be. */
    TORCHVISION(
            "CLIPImageProcessor",
            CenterCrop.Odd.LESS_BEFORE,
            Map.of(0, TensorFilter.NEAREST, 2, TensorFilter.BILINEAR, 3, TensorFilter.BICUBIC)),
    PILLOW(
            "CLIPImageProcessorPil",
            CenterCrop.Odd.FLOOR,
            Map.of(
                    1, Resize.Filter.LANCZOS,
                    2, Resize.Filter.BILINEAR,
                    3, Resize.Filter.BICUBIC,
                    4, Resize.Filter.BOX));

    static final int BILINEAR = 2;
    static final int BICUBIC = 3;

    private final String type;
    private final CenterCrop.Odd odd;
    private final Map<Integer, Resampling> filters;

    ImageProcessorBackend(String type, CenterCrop.Odd odd, Map<Integer, Resampling> filters) {
        this.type = type;
        this.odd = odd;
        this.filters = new TreeMap<>(filters);
    }

    /** The class that a file names; transformers' older names mean the one that it takes by itself. */
    static ImageProcessorBackend of(Config c) {
        for (String key : List.of("feature_extractor_type", "image_processor_type")) {
            c.expect(key, TORCHVISION.type, "CLIPImageProcessorFast", PILLOW.type, "CLIPFeatureExtractor");
        }
        String older = c.text("feature_extractor_type", TORCHVISION.type);
        return c.text("image_processor_type", older).equals(PILLOW.type) ? PILLOW : TORCHVISION;
    }

    String type() {
        return type;
    }

    CenterCrop crop(int width, int height) {
        return new CenterCrop(width, height, odd);
    }

    /** The filter of Pillow's number. */
    Resampling filter(int number) {
        return Objects.requireNonNull(filters.get(number), () -> "no filter " + number);
    }

    /**
     * Pillow's number of the filter.
     *
     * @throws ConfigException if this has none of that number
     */
    int filter(Config c, String key) {
        int number = c.integer(key, BICUBIC);
        if (filters.containsKey(number)) return number;
        String choose = this == TORCHVISION && PILLOW.filters.containsKey(number)
                ? "; transformers does that with Pillow alone: set image_processor_type to " + PILLOW.type
                : ", which is not supported; choose another checkpoint";
        throw new ConfigException(c.origin() + ": expected " + key + " of " + type + " to be " + known() + ", got "
                + c.literal(key) + choose);
    }

    private String known() {
        StringBuilder known = new StringBuilder();
        filters.forEach((number, filter) -> known.append(known.isEmpty() ? "" : " or ")
                .append(number)
                .append(" (")
                .append(filter.toString().toLowerCase(Locale.ROOT))
                .append(')'));
        return known.toString();
    }
}

package org.zeuxis.app.dataset.concept;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.zeuxis.checkpoint.Digest;

/** The part of the dataset that a concept belongs to: 80 % train, 10 % validation, 10 % held out. */
public enum Split {
    TRAIN,
    VALIDATION,
    HELDOUT;

    private static final Set<String> FAMILY = Set.of("1F466", "1F467", "1F468", "1F469", "1F9D1", "1F9D2");

    /** The split of a concept, by a hash of its {@link #base} alone: the same in every version of the dataset. */
    public static Split of(String hexcode) {
        byte[] hash = Digest.sha256().with(base(hexcode)).bytes();
        int bucket = ((hash[0] & 255) << 16 | (hash[1] & 255) << 8 | hash[2] & 255) % 10;
        return bucket < 8 ? TRAIN : bucket == 8 ? VALIDATION : HELDOUT;
    }

    /** The folder of this split for drawings of seen or held-out vendors. */
    public String folder(boolean heldOutVendor) {
        return switch (this) {
            case TRAIN -> heldOutVendor ? "heldout-vendors" : "train";
            case VALIDATION -> heldOutVendor ? "validation-heldout-vendors" : "validation";
            case HELDOUT -> heldOutVendor ? "heldout-both" : "heldout-concepts";
        };
    }

    /**
     * The code whose split a code shares: skin tones, genders and the members of couples and families are left out, so
     * that no person who differs only in these is in both train and test.
     */
    public static String base(String hexcode) {
        List<String> parts = Stream.of(hexcode.split("-"))
                .filter(p -> !p.equals("FE0F") && !p.equals("2640") && !p.equals("2642"))
                .filter(p -> !p.matches("1F3F[B-F]"))
                .toList();
        List<String> signs = parts.stream().filter(p -> !p.equals("200D")).toList();
        if (signs.isEmpty()) return hexcode; // the female sign, the male sign, a skin tone
        if (signs.contains("1F48B") && signs.contains("2764")) return "1F48F"; // kiss
        if (signs.size() == 3 && signs.get(1).equals("2764")) return "1F491"; // couple with heart
        if (signs.size() == 3 && signs.get(1).equals("1F91D")) return "1F46B"; // people holding hands
        if (signs.size() > 1 && FAMILY.containsAll(signs)) return "1F46A"; // family
        String first = neuter(signs.get(0));
        return signs.size() == 1 ? first : first + "-" + String.join("-", signs.subList(1, signs.size()));
    }

    private static String neuter(String sign) {
        return switch (sign) {
            case "1F468", "1F469" -> "1F9D1"; // man, woman: person
            case "1F466", "1F467" -> "1F9D2"; // boy, girl: child
            case "1F474", "1F475" -> "1F9D3"; // old man, old woman: older person
            case "1F46C", "1F46D" -> "1F46B"; // men, women holding hands
            case "1F934", "1F478" -> "1FAC5"; // prince, princess: person with crown
            case "1F385", "1F936" -> "1F9D1-1F384"; // Santa Claus, Mrs. Claus: Mx Claus
            case "1F57A" -> "1F483"; // man, woman dancing
            default -> sign;
        };
    }
}

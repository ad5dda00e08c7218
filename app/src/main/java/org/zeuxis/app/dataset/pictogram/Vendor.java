package org.zeuxis.app.dataset.pictogram;

/** Who drew a set of emoji, and in which style. */
enum Vendor {
    NOTO("noto", "glossy", false),
    NOTO_V1("noto-v1", "retro", false),
    FXEMOJI("fxemoji", "flat", false),
    FLUENT_EMOJI("fluent-emoji", "3d", false),
    FLUENT_EMOJI_FLAT("fluent-emoji-flat", "flat", false),
    TWEMOJI("twemoji", "flat", false),
    EMOJIONE("emojione", "flat", false),
    STREAMLINE_EMOJIS("streamline-emojis", "outlined", false),
    /** CC-BY-SA: never in trained weights, only to measure the shift to an unseen vendor. */
    OPENMOJI("openmoji", "outlined", true),
    /** CC-BY-SA: never in trained weights, only to measure the shift to an unseen vendor. */
    EMOJIONE_V1("emojione-v1", "flat", true);

    private final String prefix;
    private final String style;
    private final boolean heldOut;

    Vendor(String prefix, String style, boolean heldOut) {
        this.prefix = prefix;
        this.style = style;
        this.heldOut = heldOut;
    }

    /** The name of the icon set, such as {@code noto-v1}. */
    String prefix() {
        return prefix;
    }

    String packageName() {
        return IconSet.SCOPE + prefix;
    }

    /** One of flat, 3d, glossy, outlined, retro. */
    String style() {
        return style;
    }

    boolean heldOut() {
        return heldOut;
    }
}

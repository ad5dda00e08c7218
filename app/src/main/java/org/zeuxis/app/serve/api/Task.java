package org.zeuxis.app.serve.api;

import java.util.Locale;

/** What can be asked of a model. */
public enum Task {
    GENERATIONS,
    EDITS,
    VARIATIONS,
    BLEND,
    UPSCALE,
    EMBEDDINGS,
    CLASSIFY,
    CHAT;

    /** As it is written in paths and answers. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

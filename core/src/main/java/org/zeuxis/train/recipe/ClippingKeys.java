package org.zeuxis.train.recipe;

import java.util.List;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.train.optimizer.AdaptiveClipping;
import org.zeuxis.train.optimizer.Clipping;
import org.zeuxis.train.optimizer.GlobalNorm;

/** What the {@code training} part of a recipe keeps gradients small by: {@code clip}, or {@code adaptive_clip}, which has keys of its own. */
final class ClippingKeys {
    private static final String ADAPTIVE = "adaptive_clip";
    private static final String EPSILON = "adaptive_clip_epsilon";
    private static final String WITHOUT = "adaptive_clip_without";

    private ClippingKeys() {}

    static Clipping.Config read(Config c) {
        if (c.has(ADAPTIVE) && c.has("clip")) {
            throw new ConfigException(
                    c.origin() + ": expected clip or " + ADAPTIVE + ", got both; leave out one of them");
        }
        if (c.has(ADAPTIVE)) {
            return new AdaptiveClipping.Config(
                    c.positive(ADAPTIVE, 0.01), c.positive(EPSILON, 1e-3), c.texts(WITHOUT, List.of()));
        }
        for (String own : List.of(EPSILON, WITHOUT)) {
            if (!c.has(own)) continue;
            throw new ConfigException(
                    c.origin() + ": expected " + own + " with " + ADAPTIVE + " alone, got it without; leave it out");
        }
        return new GlobalNorm(c.positive("clip", 1));
    }
}

package org.zeuxis.config;

import java.util.Arrays;
import org.zeuxis.nn.Activation;

/** The non-linearity that a configuration names. */
public final class ActivationKey {
    private ActivationKey() {}

    /** @throws IllegalArgumentException if it names one that is not here */
    public static Activation read(Config c, String key, Activation otherwise) {
        c.expect(key, Arrays.stream(Activation.values()).map(Activation::key).toArray());
        return Activation.named(c.text(key, otherwise.key()));
    }
}

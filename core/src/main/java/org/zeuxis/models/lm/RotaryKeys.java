package org.zeuxis.models.lm;

import org.zeuxis.config.Config;

/** What a configuration says of rotary places, in the form of transformers 5 or of those before. */
final class RotaryKeys {
    private RotaryKeys() {}

    /**
     * The base of the wavelengths.
     *
     * @param key its name at the root of older files
     * @throws IllegalArgumentException if wavelengths are scaled, which is not done here
     */
    static double base(Config c, String key, double otherwise) {
        return number(c, "rope_theta", key, otherwise);
    }

    /** The share of each head that is turned. */
    static double share(Config c, String key, double otherwise) {
        return number(c, "partial_rotary_factor", key, otherwise);
    }

    private static double number(Config c, String name, String older, double otherwise) {
        double number = c.positive(older, otherwise);
        for (String parameters : new String[] {"rope_parameters", "rope_scaling"}) {
            if (!c.has(parameters)) continue;
            Config scaling = c.child(parameters);
            scaling.expect("rope_type", "default");
            scaling.expect("type", "default");
            number = scaling.positive(name, number);
            for (String each : new String[] {"rope_theta", "partial_rotary_factor"}) scaling.positive(each, 1);
            scaling.refuseUnread();
        }
        return number;
    }
}

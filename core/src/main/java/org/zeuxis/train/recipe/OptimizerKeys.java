package org.zeuxis.train.recipe;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.train.optimizer.Adafactor;
import org.zeuxis.train.optimizer.AdamW;
import org.zeuxis.train.optimizer.Optimizer;

/** The optimizer that the {@code training} part of a recipe names, which has keys of its own there. */
final class OptimizerKeys {
    private static final Map<String, List<String>> KEYS = new TreeMap<>(Map.of(
            "adamw", List.of("beta1", "beta2", "epsilon", "weight_decay"),
            "adafactor", List.of("decay", "threshold", "epsilon1", "epsilon2", "weight_decay")));

    private OptimizerKeys() {}

    static Optimizer.Config read(Config c) {
        String name = c.text("optimizer", "adamw");
        List<String> own = KEYS.get(name);
        if (own == null) {
            throw new ConfigException(c.origin() + ": expected optimizer to be " + String.join(" or ", KEYS.keySet())
                    + ", got " + name + "; name one of these");
        }
        KEYS.forEach((other, keys) -> {
            for (String key : keys) {
                if (own.contains(key) || !c.has(key)) continue;
                throw new ConfigException(c.origin() + ": expected " + key + " with the optimizer " + other
                        + " alone, got it with " + name + "; its keys are " + String.join(", ", own));
            }
        });
        return name.equals("adamw") ? adamW(c) : adafactor(c);
    }

    private static Optimizer.Config adamW(Config c) {
        return new AdamW.Config(
                c.number("beta1", 0.9),
                c.number("beta2", 0.99),
                c.number("epsilon", 1e-8),
                c.number("weight_decay", 0.01));
    }

    private static Optimizer.Config adafactor(Config c) {
        Adafactor.Config paper = Adafactor.Config.PAPER;
        return new Adafactor.Config(
                c.number("decay", paper.decay()),
                c.number("threshold", paper.threshold()),
                c.number("epsilon1", paper.epsilon1()),
                c.number("epsilon2", paper.epsilon2()),
                c.number("weight_decay", paper.weightDecay()));
    }
}

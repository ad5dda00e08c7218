package org.zeuxis.models.latentdiffusion.adapter;

import java.nio.file.Path;

/**
 * Products of two small matrices that are added to the weights of a model.
 *
 * @param file in kohya's names or those of diffusers and peft
 * @param weight how much of it is added: 1 is as much as it was trained for, below 0 takes away
 * @see <a href="https://arxiv.org/abs/2106.09685">LoRA</a>, equation 3
 */
public record Lora(Path file, double weight) {
    /** @throws IllegalArgumentException if the weight is no number */
    public Lora {
        if (!Double.isFinite(weight)) {
            throw new IllegalArgumentException("expected a LoRA's weight such as 0.8, got " + weight);
        }
    }

    /** As much of it as it was trained for. */
    public static Lora of(Path file) {
        return new Lora(file, 1);
    }
}

package org.zeuxis.diffusion.schedule;

import java.util.List;

/**
 * The levels of noise on the way from noise to data.
 *
 * @param visited those at which the network is asked, noisiest first
 * @param end where the last step arrives
 * @param start how large the noise is that the way starts from, where 1 is as large as in training
 */
public record NoiseLevels(List<NoiseLevel> visited, NoiseLevel end, double start) {
    public NoiseLevels {
        visited = List.copyOf(visited);
    }

    public int steps() {
        return visited.size();
    }

    /** The level before step {@code i}; after the last, the end. */
    public NoiseLevel at(int i) {
        return i < visited.size() ? visited.get(i) : end;
    }

    /** σ before step {@code i}: the size of the noise if the data is left at its size. */
    public double sigma(int i) {
        return at(i).sigma();
    }

    /** √ᾱ before step {@code i}. */
    public double signal(int i) {
        return Math.sqrt(at(i).alphaBar());
    }

    /** √(1 − ᾱ) before step {@code i}. */
    public double noise(int i) {
        return Math.sqrt(1 - at(i).alphaBar());
    }

    /** λ = log(√ᾱ / √(1 − ᾱ)) before step {@code i}; infinite where there is no noise. */
    public double lambda(int i) {
        return -Math.log(sigma(i));
    }
}

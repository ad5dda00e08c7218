package org.zeuxis.models;

import java.util.Locale;

/**
 * What a safety checker saw in a picture.
 *
 * @param number of the concept, from 0, as its checkpoint has them; what they mean was never published
 * @param score by how much the picture's likeness to it lies above its threshold
 */
public record FlaggedConcept(int number, double score) {
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "concept %d (score %.3f)", number, score);
    }
}

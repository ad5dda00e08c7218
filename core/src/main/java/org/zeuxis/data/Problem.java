package org.zeuxis.data;

/**
 * Something of a dataset that cannot be used.
 *
 * @param key the sample, file or line
 * @param reason what was expected and what came
 */
public record Problem(String key, String reason) {
    @Override
    public String toString() {
        return key + ": " + reason;
    }
}

package org.zeuxis.models;

import java.util.Optional;
import java.util.function.Supplier;
import org.zeuxis.image.Image;

/**
 * A step of a picture is done.
 *
 * @param stage which part of the model took it, named as in {@link ImageRequest#stages}
 * @param step which it is, from 1 to {@code steps}
 * @param preview what the picture looks like so far, drawn only when asked for, and only until its listener returns; nothing
 *     where the stage draws no picture
 */
public record StepEvent(String stage, int step, int steps, Supplier<Optional<Image>> preview) {}

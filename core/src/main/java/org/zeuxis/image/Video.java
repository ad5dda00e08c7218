package org.zeuxis.image;

import java.util.List;

/**
 * What moves: its frames in the order of time. One frame is a picture.
 *
 * @param frames at least one
 */
public record Video(List<Image> frames) {
    /** @throws IllegalArgumentException if there is no frame */
    public Video {
        frames = List.copyOf(frames);
        if (frames.isEmpty()) throw new IllegalArgumentException("expected at least 1 frame, got a video of 0 frames");
    }

    /** A picture, which stands still. */
    public static Video of(Image picture) {
        return new Video(List.of(picture));
    }

    /**
     * Which frames are seen where not all can be: the first, the last, and between them evenly; a single one is of the middle.
     *
     * @param frames how many there are
     * @param most how many are seen at most
     * @return their numbers from 0, in order
     */
    public static int[] spread(int frames, int most) {
        if (frames < 1 || most < 1) {
            throw new IllegalArgumentException(
                    "expected to see at least 1 of at least 1 frame, got " + most + " of " + frames);
        }
        int count = Math.min(frames, most);
        int[] seen = new int[count];
        for (int i = 0; i < count; i++) {
            seen[i] = count == 1 ? (frames - 1) / 2 : (int) Math.round((double) i * (frames - 1) / (count - 1));
        }
        return seen;
    }
}

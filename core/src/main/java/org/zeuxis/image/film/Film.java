package org.zeuxis.image.film;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.image.Image;

/**
 * A video in a container file: MP4, QuickTime, Matroska, WebM, AVI, MPEG-TS or Ogg. FFmpeg reads it, if it is on the class path;
 * it is let at this one file, and at none of the kinds that name others.
 */
public final class Film {
    /** Up to this size a file is read once to know when each of its frames is shown; of a larger one the header is believed. */
    static final long READ_WHOLE = 1L << 29;

    private final Path path;
    private final Container container;
    private final long[] times; // when each frame is shown, in ticks of its stream
    private final int width;
    private final int height;
    private final int orientation;

    private Film(Path path, Container container, FrameReader reader, long[] times) {
        this.path = path;
        this.container = container;
        this.times = times;
        width = reader.width();
        height = reader.height();
        orientation = reader.orientation();
    }

    /** Whether a file is one, as told by how it begins. */
    public static boolean isOne(Path path) throws IOException {
        return container(path) != null;
    }

    private static @Nullable Container container(Path path) throws IOException {
        if (!Files.isRegularFile(path)) return null;
        try (InputStream bytes = Files.newInputStream(path)) {
            return Container.of(bytes.readNBytes(Container.HEAD));
        }
    }

    /**
     * Finds its frames without decoding any.
     *
     * @param most how many frames are told apart: of a longer video so many, spread evenly
     * @throws IOException if FFmpeg lacks, or it is no such file, not whole, or has nothing but sound, in one line
     */
    public static Film open(Path path, int most) throws IOException {
        Container container = container(path);
        if (container == null) {
            throw new IOException(path + ": expected a video in " + Container.ALL + ", got something else");
        }
        FFmpeg.expectPresent(path);
        container.expectWhole(path);
        try (FrameReader reader = FrameReader.open(path, container, 0)) {
            boolean small = Files.size(path) <= READ_WHOLE;
            return new Film(path, container, reader, small ? reader.times(most) : reader.toldTimes(most));
        }
    }

    /** How many there are; of a large file as many as its header tells of. */
    public int frames() {
        return times.length;
    }

    /** Of each frame as it is stored; 0 where the header does not tell. */
    public int width() {
        return width;
    }

    /** Of each frame as it is stored; 0 where the header does not tell. */
    public int height() {
        return height;
    }

    /** How the camera was held, as EXIF counts it: 1 is upright, 6, 3 and 8 are to be turned clockwise, once, twice and thrice. */
    public int orientation() {
        return orientation;
    }

    /**
     * Decodes some frames, each once: fewer than were asked for where fewer are there than the header told of.
     *
     * @param seen their numbers, in order
     * @param pixels how many one may have
     * @return as they are stored, 3 channels; at least one
     * @throws IOException if none can be decoded, in one line
     */
    public List<Image> read(int[] seen, long pixels) throws IOException {
        List<Image> all = new ArrayList<>();
        try (FrameReader reader = FrameReader.open(path, container, pixels)) {
            for (int frame : seen) {
                if (reader.goTo(times[frame])) all.add(reader.image());
            }
            if (!all.isEmpty()) return all;
            throw new IOException(path + ": expected a whole, sound video, but none of its frames can be decoded"
                    + reader.lastError() + "; fetch it again");
        }
    }
}

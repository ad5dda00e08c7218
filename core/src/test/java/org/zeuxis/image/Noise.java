package org.zeuxis.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.CRC32;

/** The pictures that the golden files were made from, and what stands in these files. */
public final class Noise {
    private Noise() {}

    /** The generator of tools/golden/resize.py. */
    public static Image of(int width, int height, int channels, int seed) {
        byte[] samples = new byte[width * height * channels];
        int x = seed;
        for (int i = 0; i < samples.length; i++) {
            x = x * 1664525 + 1013904223;
            samples[i] = (byte) (x >>> 24);
        }
        return new Image(width, height, channels, samples);
    }

    /** Noise by an array of width, height, channels and seed. */
    public static Image of(JsonNode input) {
        return of(
                input.get(0).asInt(),
                input.get(1).asInt(),
                input.get(2).asInt(),
                input.get(3).asInt());
    }

    public static byte[] resource(String name) throws IOException {
        try (InputStream file = Objects.requireNonNull(Noise.class.getResourceAsStream(name), name)) {
            return file.readAllBytes();
        }
    }

    public static JsonNode golden(String name) throws IOException {
        return new ObjectMapper().readTree(resource("/golden/" + name));
    }

    public static long crc(Image image) {
        CRC32 crc = new CRC32();
        crc.update(image.samples());
        return crc.getValue();
    }
}

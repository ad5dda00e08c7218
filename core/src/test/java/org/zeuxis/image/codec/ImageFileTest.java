package org.zeuxis.image.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.image.Image;
import org.zeuxis.image.Noise;

class ImageFileTest {
    private static final String PNG = "rgb.png";
    private static final String JPEG = "sampled-420.jpg";
    private static final String WEBP = "lossless.webp";

    @Test
    void readsEveryKindOfFileAsPillowDoes() throws IOException {
        List<String> wrong = new ArrayList<>();
        int exact = 0;
        for (JsonNode p : pictures()) {
            String name = p.get(0).asText();
            Image image = ImageFile.decode(p.get(1).binaryValue(), name, ImageFile.MAX_PIXELS);
            String size = image.width() + "x" + image.height() + "x" + image.channels();
            String expected =
                    p.get(2).asInt() + "x" + p.get(3).asInt() + "x" + p.get(4).asInt();
            if (!size.equals(expected)) wrong.add(name + ": " + size + " for " + expected);
            if (p.has(6)) continue;
            exact++;
            if (Noise.crc(image) != p.get(5).asLong()) wrong.add(name);
        }
        assertThat(wrong).isEmpty();
        assertThat(exact).isGreaterThan(45);
    }

    /** The library for lossy WebP repeats colour where libwebp interpolates it; brightness is the same. */
    @Test
    void readsLossyWebpAlmostAsPillowDoes() throws IOException {
        for (JsonNode p : pictures()) {
            if (!p.has(6)) continue;
            Image image = ImageFile.decode(p.get(1).binaryValue());
            byte[] pillow = Base64.getDecoder().decode(p.get(6).asText());
            int pixels = image.width() * image.height();
            double difference = 0;
            double brightness = 0;
            double[] luma = {0.299, 0.587, 0.114, 0};
            for (int i = 0; i < pixels; i++) {
                double sum = 0;
                for (int c = 0; c < image.channels(); c++) {
                    int d = (image.samples()[i * image.channels() + c] & 255)
                            - (pillow[i * image.channels() + c] & 255);
                    difference += Math.abs(d);
                    sum += luma[c] * d;
                }
                brightness += Math.abs(sum);
            }
            assertThat(difference / pillow.length).as(p.get(0).asText()).isLessThan(4);
            assertThat(brightness / pixels).as(p.get(0).asText()).isLessThan(0.6);
        }
    }

    @Test
    void tellsFilesByContentNotByName(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("picture.png");
        Files.write(file, bytes(JPEG));
        assertThat(ImageFile.read(file).width()).isEqualTo(37);
    }

    @Test
    void namesTheFileAndWhatItIs(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("cat.jpg");
        assertThatThrownBy(() -> ImageFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no such");
        assertThatThrownBy(() -> ImageFile.read(folder)).hasMessageContaining("got a folder");
        refuses(file, "", "an empty file");
        refuses(file, "Not found, sorry.", "got text");
        refuses(file, "<!DOCTYPE html><html>", "a web page");
        refuses(file, "GIF89a\0\0\0\0", "a GIF");
        refuses(file, "\0\0\0\u001cftypavif", "an AVIF");
        refuses(file, "\u0001\u0002\u0003\u0004\u0005", "no known picture format");
    }

    private static void refuses(Path file, String content, String words) throws IOException {
        Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> ImageFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cat.jpg")
                .hasMessageContaining(words);
    }

    @Test
    void refusesAnAbsurdSizeBeforeItTakesMemory() throws IOException {
        byte[] png = bytes(PNG);
        ByteBuffer.wrap(png).putInt(16, 30_000).putInt(20, 30_000);
        CRC32 crc = new CRC32();
        crc.update(png, 12, 17);
        ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
        absurd(png);

        byte[] jpeg = bytes(JPEG);
        for (int i = 2; i < jpeg.length - 9; i++) {
            if (jpeg[i] != (byte) 0xff || jpeg[i + 1] != (byte) 0xc0) continue;
            ByteBuffer.wrap(jpeg).putShort(i + 5, (short) 30_000).putShort(i + 7, (short) 30_000);
            break;
        }
        absurd(jpeg);

        byte[] webp = bytes("orientation-1.webp"); // of the extended kind
        for (int at : new int[] {24, 27}) {
            webp[at] = (byte) (29_999 & 255);
            webp[at + 1] = (byte) (29_999 >> 8);
        }
        absurd(webp);
    }

    private static void absurd(byte[] file) {
        assertThatThrownBy(() -> ImageFile.decode(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the header claims 30000x30000");
    }

    @Test
    void keepsToTheLimitItIsGiven() throws IOException {
        for (String name : List.of(PNG, JPEG, WEBP)) {
            assertThat(ImageFile.decode(bytes(name), name, 37 * 23).height()).isEqualTo(23);
            assertThatThrownBy(() -> ImageFile.decode(bytes(name), name, 37 * 23 - 1))
                    .hasMessageContaining("at most 850 pixels, but the header claims 37x23");
        }
    }

    @Test
    void refusesEveryTruncationWithItsName() throws IOException {
        for (String name : List.of(PNG, "interlaced.png", JPEG, "progressive.jpg", WEBP, "lossy.webp")) {
            byte[] whole = bytes(name);
            int last = name.endsWith("jpg") ? whole.length - 64 : whole.length;
            for (int length = 3; length < last; length += Math.max(1, whole.length / 60)) {
                byte[] part = Arrays.copyOf(whole, length);
                assertThatThrownBy(() -> ImageFile.decode(part, name, ImageFile.MAX_PIXELS))
                        .as("%s cut to %d of %d", name, length, whole.length)
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith(name + ": expected");
            }
        }
    }

    @Test
    void damageGivesAPictureOrAClearErrorNeverAnotherException() throws IOException {
        Random random = new Random(5);
        for (JsonNode p : pictures()) {
            byte[] whole = p.get(1).binaryValue();
            for (int round = 0; round < 24; round++) {
                byte[] damaged = whole.clone();
                for (int i = 0; i <= round % 4; i++) damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                try {
                    ImageFile.decode(damaged, "damaged", 1 << 14);
                } catch (IOException e) {
                    assertThat(e).hasMessageStartingWith("damaged: expected");
                }
            }
        }
    }

    @Test
    void writesWhatItReadsAndTheSameBytesEachTime(@TempDir Path folder) throws IOException {
        for (int channels = 3; channels <= 4; channels++) {
            Image image = Noise.of(33, 21, channels, channels);
            Path file = folder.resolve("new/folder/noise.png");
            ImageFile.write(file, image);
            Image again = ImageFile.read(file);
            assertThat(again.channels()).isEqualTo(channels);
            assertThat(again.samples()).isEqualTo(image.samples());
            assertThat(Files.readAllBytes(file)).isEqualTo(ImageFile.png(image, PngText.NONE));
            try (var files = Files.list(folder.resolve("new/folder"))) {
                assertThat(files).containsExactly(file);
            }
        }
    }

    @Test
    void aGreyPictureOfJava2dKeepsItsValues() {
        BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setSample(1, 0, 0, 100);
        assertThat(Image.of(grey).samples()).containsExactly(0, 0, 0, 100, 100, 100);
    }

    @Test
    void refusesALargePngThatHoldsAlmostNothing() throws IOException {
        byte[] png = bytes(PNG);
        ByteBuffer.wrap(png).putInt(16, 10_000).putInt(20, 10_000);
        CRC32 crc = new CRC32();
        crc.update(png, 12, 17);
        ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
        assertThatThrownBy(() -> ImageFile.decode(png)).hasMessageContaining("cannot hold them");
    }

    /** 38 bytes of one colour, 11585 pixels wide and high, as libwebp writes them. */
    @Test
    void refusesALargeWebpThatHoldsAlmostNothing() {
        byte[] webp =
                HexFormat.of().parseHex("524946461e000000574542505650384c110000002f402d501b0750e42ad4a3788188e87f0000");
        assertThatThrownBy(() -> ImageFile.decode(webp, "solid.webp", ImageFile.MAX_PIXELS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("solid.webp: expected at most 41943648 pixels in a file of 38 bytes")
                .hasMessageContaining("the header claims 11585x11585");
    }

    @Test
    void refusesAJpegOfOneComponentThatEndsWithItsHeader() {
        byte[] jpeg = HexFormat.of().parseHex("ffd8ffc0000b080001000101521100");
        assertThatThrownBy(() -> ImageFile.decode(jpeg, "grey.jpg", ImageFile.MAX_PIXELS))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("grey.jpg: expected a whole, sound JPEG");
    }

    @Test
    void refusesAJpegThatHoldsAlmostNothingOrWithoutEnd() throws IOException {
        byte[] jpeg = bytes(JPEG);
        for (int i = 2; i < jpeg.length - 9; i++) {
            if (jpeg[i] != (byte) 0xff || jpeg[i + 1] != (byte) 0xc0) continue;
            ByteBuffer.wrap(jpeg).putShort(i + 5, (short) 5_000).putShort(i + 7, (short) 5_000);
            break;
        }
        assertThatThrownBy(() -> ImageFile.decode(jpeg)).hasMessageContaining("cannot hold them");

        byte[] whole = bytes("progressive.jpg");
        int scan = 2;
        while (whole[scan] != (byte) 0xff || whole[scan + 1] != (byte) 0xda) scan++;
        byte[] many = Arrays.copyOf(whole, scan + 110 * (whole.length - scan));
        for (int i = 1; i < 110; i++) {
            System.arraycopy(whole, scan, many, scan + i * (whole.length - scan), whole.length - scan);
        }
        assertThatThrownBy(() -> ImageFile.decode(many)).hasMessageContaining("expected a JPEG of at most 100 scans");
    }

    private static JsonNode pictures() throws IOException {
        return Noise.golden("pictures.json").get("pictures");
    }

    private static byte[] bytes(String name) throws IOException {
        for (JsonNode p : pictures())
            if (p.get(0).asText().equals(name)) return p.get(1).binaryValue();
        throw new IllegalArgumentException(name);
    }
}

package org.zeuxis.image.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.zeuxis.image.Image;

/**
 * What a picture loses in a JPEG file.
 *
 * @param quality 1 to 100, as libjpeg counts it
 */
public record JpegLoss(int quality) {
    public JpegLoss {
        if (quality < 1 || quality > 100) {
            throw new IllegalArgumentException("expected a JPEG quality of 1 to 100, got " + quality);
        }
    }

    /** The picture as it is read again from such a file. */
    public Image apply(Image image) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(file)) {
            ImageWriteParam asked = writer.getDefaultWriteParam();
            asked.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            asked.setCompressionQuality(quality / 100f); // which the JDK scales its tables by as libjpeg does
            writer.setOutput(out);
            writer.write(null, new IIOImage(image.toBufferedImage(), null, null), asked);
            out.flush();
            return ImageFile.decode(file.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
    }
}

package org.zeuxis.image;

import org.zeuxis.tensor.ByteScaling;

/**
 * Scales as torchvision scales a picture that is a tensor of bytes, byte for byte: here and there a grey level away from
 * {@link Resize}, which is what it does to Pillow's pictures.
 */
public enum TensorFilter implements Resampling {
    NEAREST(ByteScaling.NEAREST),
    BILINEAR(ByteScaling.BILINEAR),
    BICUBIC(ByteScaling.BICUBIC);

    private final ByteScaling kernel;

    TensorFilter(ByteScaling kernel) {
        this.kernel = kernel;
    }

    @Override
    public Image scale(Image image, int width, int height) {
        if (image.width() == width && image.height() == height) return image;
        int channels = image.channels();
        byte[] scaled = kernel.apply(image.samples(), image.height(), image.width(), channels, height, width);
        return new Image(width, height, channels, scaled);
    }
}

package org.zeuxis.config;

/**
 * How large a number in a configuration may be, far above every published model, so that a product of them is still a number
 * and a file of a few bytes asks for no more than it can mean.
 */
public enum Size {
    /** Of a transformer, or of a stage of a ResNet. */
    LAYERS(1 << 8),
    /** Of one level of a U-Net or an autoencoder. */
    BLOCKS(1 << 4),
    WIDTH(1 << 16),
    TOKENS(1 << 16),
    VOCABULARY(1 << 24),
    PIXELS(1 << 14);

    private final int largest;

    Size(int largest) {
        this.largest = largest;
    }

    /** The largest that is read. */
    public int largest() {
        return largest;
    }
}

package org.zeuxis.models.imagen.efficient;

import java.util.Locale;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.text.Words;
import org.zeuxis.unet.SpatialMixer;
import org.zeuxis.unet.attention.AddedKeyValueAttention;
import org.zeuxis.unet.attention.TokenAttention;

/**
 * What the pixels of a block look at when its residual blocks are done.
 *
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, section 2.5: the largest stage has no self-attention
 */
public enum Attends {
    /** Nothing. */
    NOT {
        @Override
        SpatialMixer mixer(int channels, EfficientUNet.Config c) {
            return SpatialMixer.NONE;
        }
    },
    /** The text. */
    TO_TEXT {
        @Override
        SpatialMixer mixer(int channels, EfficientUNet.Config c) {
            return new TokenAttention(
                    channels,
                    WIDER * channels,
                    c.heads(),
                    c.textWidth(),
                    c.groups(),
                    EfficientUNet.EPSILON,
                    new LayerNorm(c.textWidth()));
        }
    },
    /** One another, and the text. */
    TO_ALL {
        @Override
        SpatialMixer mixer(int channels, EfficientUNet.Config c) {
            return new AddedKeyValueAttention(
                    channels,
                    WIDER * channels,
                    c.heads(),
                    c.textWidth(),
                    c.groups(),
                    EfficientUNet.EPSILON,
                    new LayerNorm(c.textWidth()));
        }
    };

    /** All heads together, in channels: Figure A.28. */
    private static final int WIDER = 2;

    /** As a configuration has it, in small letters. */
    static Attends named(String name) {
        for (Attends each : values()) if (each.name().toLowerCase(Locale.ROOT).equals(name)) return each;
        throw new IllegalArgumentException("expected attention of not, to_text or to_all, got " + Words.clean(name));
    }

    abstract SpatialMixer mixer(int channels, EfficientUNet.Config c);
}

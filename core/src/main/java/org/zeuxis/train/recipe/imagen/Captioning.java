package org.zeuxis.train.recipe.imagen;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.zeuxis.config.Config;
import org.zeuxis.config.Size;
import org.zeuxis.hub.Models;
import org.zeuxis.models.SavableTextEncoder;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Captions as a frozen text encoder reads them, some of which are left out, so that a model can be guided.
 *
 * @param dropped share of captions that are empty instead
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, sections 2.1 and 2.2
 */
record Captioning(SavableTextEncoder encoder, double dropped) {

    /**
     * What a recipe's file says of it.
     *
     * @param text a sentence encoder or a CLIP, whose text tower reads then, as {@link Models} opens it
     * @param context tokens to which a caption is cut
     * @param dropped share of captions that are empty instead
     */
    record Keys(String text, int context, double dropped) {
        /** The paper's share. */
        private static final double DROPPED = 0.1;

        Keys {
            if (!(dropped >= 0 && dropped <= 1)) {
                throw new IllegalArgumentException("expected text_dropped of 0 to 1, got " + dropped);
            }
        }

        static Keys read(Config c) {
            return new Keys(c.text("text"), c.size("context", 32, Size.TOKENS), c.number("text_dropped", DROPPED));
        }

        /**
         * Opens the encoder.
         *
         * @param textWidth that the network reads
         */
        Captioning open(int textWidth) throws IOException {
            SavableTextEncoder whole = Models.standard().open(text, SavableTextEncoder.class, DType.FLOAT32);
            if (whole.width() != textWidth) {
                throw new IllegalArgumentException("expected encoder_hid_dim of " + whole.width()
                        + ", the width of the text encoder " + text + ", got " + textWidth);
            }
            return new Captioning(whole.withContextLength(context), dropped);
        }
    }

    /** [batch, tokens, width] */
    Tensor read(List<String> captions) {
        try (Gradients off = Gradients.off()) {
            return encoder.encode(captions).states();
        }
    }

    /** The same, some captions left out. */
    Tensor read(List<String> captions, Seed seed) {
        float[] draws = seed.rand(captions.size()).toFloats();
        List<String> kept = new ArrayList<>();
        for (int i = 0; i < draws.length; i++) kept.add(draws[i] < dropped ? "" : captions.get(i));
        return read(kept);
    }
}

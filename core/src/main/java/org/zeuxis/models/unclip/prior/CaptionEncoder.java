package org.zeuxis.models.unclip.prior;

import java.util.List;
import org.zeuxis.models.clip.ProjectedTextModel;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.TokenBatch;
import org.zeuxis.text.Tokenizer;

/** The text half of a CLIP: reads captions for the prior and the decoder. */
public record CaptionEncoder(Tokenizer tokenizer, ProjectedTextModel text) {

    /** Captions without the padding that all of them have; what is too long is cut. */
    public EncodedText encode(List<String> captions) {
        TokenBatch tokens = tokenizer.encode(captions).trimmed();
        Tensor ids = Tensor.of(tokens.ids(), tokens.batch(), tokens.tokens());
        return encode(
                ids, Tensor.of(tokens.mask(), tokens.batch(), tokens.tokens()).to(DType.BOOL));
    }

    /**
     * The same of captions that were cut into tokens already, in float32 whatever the encoder computes in.
     *
     * @param ids [batch, tokens] of int64
     * @param mask [batch, tokens] of BOOL: true where there is no padding
     */
    public EncodedText encode(Tensor ids, Tensor mask) {
        Tensor states = text.model().forward(ids);
        return new EncodedText(text.project(states, ids).to(DType.FLOAT32), states.to(DType.FLOAT32), mask);
    }
}

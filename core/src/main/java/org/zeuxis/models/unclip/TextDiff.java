package org.zeuxis.models.unclip;

import java.util.List;
import java.util.Map;
import org.zeuxis.image.Image;
import org.zeuxis.models.Provenance;
import org.zeuxis.models.unclip.prior.EncodedText;
import org.zeuxis.tensor.Tensor;

/**
 * A picture moved from what one caption says towards what another says.
 *
 * @param from what the picture shows; may be empty
 * @param to what it is to show
 * @param theta 0 leaves the embedding as it is; the paper goes up to 0.25 to 0.5
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, section 3.3 and Figure 5
 */
public record TextDiff(Image picture, String from, String to, double theta) implements Manipulation {
    /** @throws IllegalArgumentException if theta is out of its range, or both captions are the same */
    public TextDiff {
        Slerp.check(theta);
        if (from.strip().equals(to.strip())) {
            throw new IllegalArgumentException(
                    "expected words to move towards that differ from those of the picture, got '" + to + "' for both");
        }
    }

    @Override
    public Tensor embedding(UnClip model) {
        EncodedText both = model.captions().encode(List.of(from, to));
        Tensor before = both.embedding().slice(0, 0, 1).normalized(-1);
        Tensor after = both.embedding().slice(0, 1, 2).normalized(-1);
        Tensor image = model.embedding(picture);
        Tensor difference = after.minus(before).normalized(-1).times(image.length(-1));
        return new Slerp(image, difference).at(theta);
    }

    @Override
    public Provenance provenance() {
        return new Provenance(
                "text diff",
                Map.of("picture", Provenance.hash(picture), "from", from, "to", to, "theta", Double.toString(theta)));
    }
}

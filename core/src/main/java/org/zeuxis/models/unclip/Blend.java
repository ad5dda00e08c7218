package org.zeuxis.models.unclip;

import java.util.Map;
import org.zeuxis.image.Image;
import org.zeuxis.models.Provenance;
import org.zeuxis.tensor.Tensor;

/**
 * A picture on the way from one to another.
 *
 * @param theta 0 for {@code from} to 1 for {@code to}
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, section 3.2 and Figure 4
 */
public record Blend(Image from, Image to, double theta) implements Manipulation {
    public Blend {
        Slerp.check(theta);
    }

    @Override
    public Tensor embedding(UnClip model) {
        return new Slerp(model.embedding(from), model.embedding(to)).at(theta);
    }

    @Override
    public Provenance provenance() {
        return new Provenance(
                "blend",
                Map.of("from", Provenance.hash(from), "to", Provenance.hash(to), "theta", Double.toString(theta)));
    }
}

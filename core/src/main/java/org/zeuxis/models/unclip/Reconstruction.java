package org.zeuxis.models.unclip;

import java.util.Map;
import org.zeuxis.image.Image;
import org.zeuxis.models.Provenance;
import org.zeuxis.models.unclip.prior.AutoregressivePrior;
import org.zeuxis.models.unclip.prior.PrincipalComponents;
import org.zeuxis.tensor.Tensor;

/**
 * A picture drawn from the first principal components of its embedding alone: with few of them what it shows is seen, with
 * more of them what that looks like.
 *
 * @param components of which there are as many as the autoregressive prior writes
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, Figure 7
 */
public record Reconstruction(Image picture, int components) implements Manipulation {

    @Override
    public Tensor embedding(UnClip model) {
        PrincipalComponents all = model.priors().stream()
                .filter(AutoregressivePrior.class::isInstance)
                .map(prior -> ((AutoregressivePrior) prior).codes().components())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("expected a model with an autoregressive prior, which"
                        + " holds the principal components, got one without; choose another model"));
        if (components < 1 || components > all.count()) {
            throw new IllegalArgumentException("expected 1 to " + all.count() + " components, got " + components);
        }
        return all.reconstruct(all.project(model.embedding(picture)).slice(1, 0, components));
    }

    @Override
    public Provenance provenance() {
        return new Provenance(
                "reconstruction",
                Map.of("picture", Provenance.hash(picture), "components", Integer.toString(components)));
    }
}

package org.zeuxis.models.imagen;

import org.zeuxis.nn.GroupNorm;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.Norm;
import org.zeuxis.tensor.Tensor;

/** Normalises groups of channels over all tokens, as DeepFloyd does where Imagen has a layer norm. */
final class TokenGroupNorm extends Module implements Norm {
    private static final int GROUPS = 32;

    private final GroupNorm norm;

    TokenGroupNorm(int width) {
        norm = child("", new GroupNorm(GROUPS, width, 1e-5));
    }

    @Override
    public Tensor forward(Tensor x) {
        return norm.forward(x.transpose(1, 2)).transpose(1, 2);
    }
}

package org.zeuxis.tensor;

import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.global.torch;

/**
 * The eigenvalues of a symmetric matrix and their vectors, largest first.
 *
 * @param values [n]
 * @param vectors one a row, each of length 1, [n, n]
 */
public record Eigen(Tensor values, Tensor vectors) {

    /** @param symmetric [n, n], of which the lower half is read */
    public static Eigen of(Tensor symmetric) {
        symmetric.expect("n", symmetric.size(0));
        T_TensorTensor_T both = torch.linalg_eigh(symmetric.raw());
        Tensor values = new Tensor(new org.bytedeco.pytorch.Tensor(both.get0()));
        Tensor columns = new Tensor(new org.bytedeco.pytorch.Tensor(both.get1()));
        return new Eigen(values.flip(0), columns.transpose(0, 1).flip(0));
    }
}

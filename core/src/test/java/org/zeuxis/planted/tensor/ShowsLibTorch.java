package org.zeuxis.planted.tensor;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

public interface ShowsLibTorch {
    List<Tensor> raw();
}

package org.zeuxis.planted.nn;

import org.bytedeco.pytorch.Tensor;

record SeesLibTorch(Tensor raw) {}

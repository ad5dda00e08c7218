package org.zeuxis.planted.image.film;

import org.bytedeco.pytorch.Tensor;

record SeesLibTorch(Tensor raw) {}

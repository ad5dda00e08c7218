package org.zeuxis.planted.diffusion.sampler;

import org.zeuxis.nn.Linear;

record HoldsALayer(Linear layer) {}

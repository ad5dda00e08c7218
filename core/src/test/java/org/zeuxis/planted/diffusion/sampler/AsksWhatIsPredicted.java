package org.zeuxis.planted.diffusion.sampler;

import org.zeuxis.diffusion.Parameterization;

record AsksWhatIsPredicted(Parameterization predicts) {}

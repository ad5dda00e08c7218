/** Diffusion without a model: what a network predicts, guidance, thresholding and the training loss. */
package org.zeuxis.diffusion;

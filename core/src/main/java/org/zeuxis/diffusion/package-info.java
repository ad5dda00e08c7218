/** Diffusion without a model: noise schedules, what a network predicts, guidance and the training loss. */
package org.zeuxis.diffusion;

/** The autoencoder in whose latents a latent diffusion model draws. */
@NullMarked
package org.zeuxis.models.latentdiffusion.autoencoder;

import org.jspecify.annotations.NullMarked;

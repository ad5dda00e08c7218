/** Files that change what a latent diffusion model draws: put into its weights when it is opened. */
@NullMarked
package org.zeuxis.models.latentdiffusion.adapter;

import org.jspecify.annotations.NullMarked;

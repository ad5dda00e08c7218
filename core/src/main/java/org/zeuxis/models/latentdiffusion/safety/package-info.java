/** What judges the pictures of a latent diffusion model. */
@NullMarked
package org.zeuxis.models.latentdiffusion.safety;

import org.jspecify.annotations.NullMarked;

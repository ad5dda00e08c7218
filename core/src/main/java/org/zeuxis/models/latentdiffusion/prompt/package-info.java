/** How a prompt of a latent diffusion model becomes what its U-Net listens to. */
@NullMarked
package org.zeuxis.models.latentdiffusion.prompt;

import org.jspecify.annotations.NullMarked;

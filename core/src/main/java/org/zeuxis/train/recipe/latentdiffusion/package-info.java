/** How latent diffusion is trained: first its autoencoder, then its U-Net. */
package org.zeuxis.train.recipe.latentdiffusion;

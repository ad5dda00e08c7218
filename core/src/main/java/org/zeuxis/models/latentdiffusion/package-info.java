/** Latent diffusion: an autoencoder, a text encoder and a U-Net that denoises between them. */
package org.zeuxis.models.latentdiffusion;

/** The parts of diffusion U-Nets, and the U-Net assembled from them. */
package org.zeuxis.unet;

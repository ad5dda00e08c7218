/** From noise to data: each sampler is one file. */
package org.zeuxis.diffusion.sampler;

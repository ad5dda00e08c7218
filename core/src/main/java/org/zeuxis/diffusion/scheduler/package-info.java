/** A published scheduler's configuration, and the sampler that it asks for. */
package org.zeuxis.diffusion.scheduler;

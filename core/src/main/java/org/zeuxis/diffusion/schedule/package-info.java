/** How much noise there is at each time, and which times and noise levels a sampler visits. */
package org.zeuxis.diffusion.schedule;

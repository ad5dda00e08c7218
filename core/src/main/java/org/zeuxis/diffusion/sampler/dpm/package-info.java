/** The solvers of DPM: the flow is integrated exactly but for the network's estimate. */
package org.zeuxis.diffusion.sampler.dpm;

/** Training: the loop, the optimiser, the run folder that survives a kill. */
package org.zeuxis.train;

/** Training: the loop, the optimiser, what they need to survive a kill. */
package org.zeuxis.train;

/** How parameters are moved and averaged. */
package org.zeuxis.train.optimizer;

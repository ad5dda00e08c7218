/** Judging: what a model can do, as numbers with their intervals. */
package org.zeuxis.eval;

/** Samples in the order in which a training sees them: shuffled, mixed, read ahead. */
package org.zeuxis.data.series;

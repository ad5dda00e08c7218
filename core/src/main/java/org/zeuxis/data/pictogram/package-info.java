/** The language of pictograms: what a drawing is called in a caption, its colours, what it is laid on. */
package org.zeuxis.data.pictogram;

/** Builds the pictogram dataset: every emoji of ten drawing styles, rasterised, with its name and tags. */
package org.zeuxis.app.dataset.pictogram;

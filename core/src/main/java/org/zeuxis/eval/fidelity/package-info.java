/** How near the pictures of a model come to real ones, as a whole: all but {@code ClipScore} compares two sets of features. */
package org.zeuxis.eval.fidelity;

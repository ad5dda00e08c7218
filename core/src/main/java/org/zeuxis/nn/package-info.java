/** Layers: what every model is made of. */
package org.zeuxis.nn;

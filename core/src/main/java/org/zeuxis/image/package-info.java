/** Pictures in memory: sizes, crops, colours, pixels as tensors. */
package org.zeuxis.image;

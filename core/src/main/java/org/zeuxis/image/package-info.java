/** Pictures: files, sizes, pixels as tensors. */
package org.zeuxis.image;

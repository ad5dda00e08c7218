/** The lossless format of WebP. */
package org.zeuxis.image.webp;

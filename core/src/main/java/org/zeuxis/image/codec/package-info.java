/** Pictures in files: PNG, JPEG and WebP read, PNG written, with the text inside it. */
package org.zeuxis.image.codec;

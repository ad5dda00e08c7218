/** Videos in container files, such as MP4, by FFmpeg, which is there only if its user adds it. */
package org.zeuxis.image.film;

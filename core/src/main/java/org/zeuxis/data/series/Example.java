package org.zeuxis.data.series;

import org.zeuxis.image.Image;

/**
 * A picture and the caption it is learned with.
 *
 * @param key of the sample it was made from
 * @param image [height, width, 3 or 4]
 * @param caption may be empty
 */
public record Example(String key, Image image, String caption) {}

package org.zeuxis.data.pictogram.scene;

import org.zeuxis.image.Image;

/**
 * A drawing of one countable thing.
 *
 * @param label what it is, without an article
 * @param image [height, width, 4], transparent but for the thing
 */
record Thing(String key, String label, Image image) {}

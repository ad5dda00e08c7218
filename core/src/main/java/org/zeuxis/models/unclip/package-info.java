/** DALL·E 2: a prior from the text to an image embedding, a decoder from there to a picture, and upsamplers. */
package org.zeuxis.models.unclip;

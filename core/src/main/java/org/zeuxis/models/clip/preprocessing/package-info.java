/** How a picture is made ready for CLIP, as each published library writes it down. */
package org.zeuxis.models.clip.preprocessing;

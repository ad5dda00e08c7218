/** The text tower of a CLIP by itself, as systems that draw read their prompts with it. */
@NullMarked
package org.zeuxis.models.clip.text;

import org.jspecify.annotations.NullMarked;

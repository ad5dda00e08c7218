/** The CLIP that ships with Zeuxis, where other models name it. */
@NullMarked
package org.zeuxis.models.clip.shipped;

import org.jspecify.annotations.NullMarked;

/** What stands between the caption and the picture's embedding: the lower half of Figure 2 of DALL·E 2. */
@NullMarked
package org.zeuxis.models.unclip.prior;

import org.jspecify.annotations.NullMarked;

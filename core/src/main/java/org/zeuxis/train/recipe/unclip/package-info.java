/** How the parts of DALL·E 2 are trained. */
@NullMarked
package org.zeuxis.train.recipe.unclip;

import org.jspecify.annotations.NullMarked;

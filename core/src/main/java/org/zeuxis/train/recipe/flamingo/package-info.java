/** How a Flamingo is trained between a frozen CLIP and a frozen language model. */
@NullMarked
package org.zeuxis.train.recipe.flamingo;

import org.jspecify.annotations.NullMarked;

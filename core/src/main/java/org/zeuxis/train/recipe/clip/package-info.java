/** How a CLIP is trained. */
package org.zeuxis.train.recipe.clip;

/** How a language model is trained: its tokenizer, its texts, its objective. */
@NullMarked
package org.zeuxis.train.recipe.lm;

import org.jspecify.annotations.NullMarked;

/** Recipes: what they share here, and in a package of its own what each system adds. */
package org.zeuxis.train.recipe;

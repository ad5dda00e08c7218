/** How Imagen is trained: a base and stages of super-resolution over a frozen text encoder. */
package org.zeuxis.train.recipe.imagen;

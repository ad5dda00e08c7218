/** How an image tower is trained on labels alone. */
package org.zeuxis.train.recipe.classifier;

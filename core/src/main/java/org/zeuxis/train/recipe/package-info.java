/** One recipe for each thing that is trained: data, loss and numbers in one place. */
package org.zeuxis.train.recipe;

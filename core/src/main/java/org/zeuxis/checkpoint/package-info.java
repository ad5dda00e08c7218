/** Weights by name: the keys of a model, the folder they lie in, the copies of it; knows no model. */
package org.zeuxis.checkpoint;

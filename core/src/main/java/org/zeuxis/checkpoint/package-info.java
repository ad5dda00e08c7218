/** Weights and configurations in files: knows formats and keys, no model. */
package org.zeuxis.checkpoint;

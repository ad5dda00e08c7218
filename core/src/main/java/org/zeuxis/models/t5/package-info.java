/** T5's encoder, which Imagen reads its prompts with. */
package org.zeuxis.models.t5;

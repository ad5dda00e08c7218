/** Sentence encoders in the shape of BERT, such as MiniLM, which Zeuxis's own Imagen reads its prompts with. */
package org.zeuxis.models.minilm;

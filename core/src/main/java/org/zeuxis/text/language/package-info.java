/** The tokenizers of language models: what their files say, and how they spell. */
package org.zeuxis.text.language;

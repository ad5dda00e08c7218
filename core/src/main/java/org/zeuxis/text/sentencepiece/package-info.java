/** SentencePiece: its model files, and the tokenizer that reads them. */
package org.zeuxis.text.sentencepiece;

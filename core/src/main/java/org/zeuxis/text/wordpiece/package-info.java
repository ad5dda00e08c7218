/** BERT's tokenizer: words, and the longest known pieces of each. */
package org.zeuxis.text.wordpiece;

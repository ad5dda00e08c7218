/** How well a model speaks of pictures: names after examples, answers to questions, captions beside those of people. */
package org.zeuxis.eval.language;

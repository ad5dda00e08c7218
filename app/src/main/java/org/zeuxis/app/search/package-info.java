/** Search among pictures by CLIP's embeddings, in an index of Lucene: the only package that sees Lucene. */
package org.zeuxis.app.search;

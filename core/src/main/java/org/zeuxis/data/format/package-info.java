/** Datasets as they lie on disk: folders, tables, WebDataset shards, IDX files. */
package org.zeuxis.data.format;

/** Datasets made from published drawings: {@code dataset}. */
package org.zeuxis.app.dataset;

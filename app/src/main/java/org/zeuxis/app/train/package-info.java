/** Training: {@code train}. */
package org.zeuxis.app.train;

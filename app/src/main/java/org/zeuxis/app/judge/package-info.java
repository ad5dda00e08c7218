/** How well models do: {@code evaluate}. */
package org.zeuxis.app.judge;

/** What a CLIP can do: {@code classify} and {@code evaluate}. */
package org.zeuxis.app.judge;

/** What pictures and videos show, in words: {@code describe}, {@code chat}. */
package org.zeuxis.app.describe;

/** What pictures show, in words: {@code describe}. */
package org.zeuxis.app.describe;

/** Attention, and what tells it where its tokens stand. */
package org.zeuxis.nn.attention;

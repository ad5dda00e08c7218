/** Text to token ids and back. */
package org.zeuxis.text;

/** Text to token ids and back; names that are nearly right, and text made fit for a message. */
package org.zeuxis.text;

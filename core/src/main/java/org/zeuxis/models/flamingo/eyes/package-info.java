/** What a Flamingo sees with: the frozen vision encoder, and which of its states it looks at. */
package org.zeuxis.models.flamingo.eyes;

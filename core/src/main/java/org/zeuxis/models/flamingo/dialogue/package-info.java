/** Dialogues as callers send them that remember them: whole, each time. */
package org.zeuxis.models.flamingo.dialogue;

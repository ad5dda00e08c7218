/** Flamingo: a frozen language model that reads pictures and videos between its words, as its paper has it and OpenFlamingo publishes it. */
package org.zeuxis.models.flamingo;

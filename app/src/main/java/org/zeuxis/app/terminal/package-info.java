/** What a person at a terminal reads: lines of errors, bars of progress, the end by Ctrl-C. */
package org.zeuxis.app.terminal;

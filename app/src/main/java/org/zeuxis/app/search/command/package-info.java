/** Search on the command line: {@code search index}, {@code find} and {@code duplicates}. */
package org.zeuxis.app.search.command;

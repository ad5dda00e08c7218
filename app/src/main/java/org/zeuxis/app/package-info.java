/** The command line: the only package that prints. */
package org.zeuxis.app;

/** The command line: what it does is in the packages below, one for each thing it is asked for. */
package org.zeuxis.app;

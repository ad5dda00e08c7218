/** The page for people in a browser: its files, served as they are. */
package org.zeuxis.app.serve.studio;

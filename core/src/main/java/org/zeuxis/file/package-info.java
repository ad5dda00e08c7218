/** Files and folders that are there whole or not at all. */
package org.zeuxis.file;

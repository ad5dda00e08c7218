/** What a folder or a file holds, told before any weights are read. */
package org.zeuxis.hub.recognition;

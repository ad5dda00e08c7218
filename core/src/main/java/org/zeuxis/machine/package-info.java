/** What surrounds the process: the folders of its user. Knows nothing of Zeuxis. */
package org.zeuxis.machine;

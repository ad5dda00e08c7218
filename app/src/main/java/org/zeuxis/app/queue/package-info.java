/** What several callers want computed by one device: in turn, watched, cancelled, its pictures kept on disk. Knows no HTTP. */
package org.zeuxis.app.queue;

/** What is asked of the hub over HTTP, and what its answers mean. */
package org.zeuxis.hub.client;

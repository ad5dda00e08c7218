/** The way to the hub through the proxies that the environment names. */
package org.zeuxis.hub.proxy;

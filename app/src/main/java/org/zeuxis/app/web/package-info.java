/** What every HTTP server of Zeuxis shares: where it listens, whom it hears, how much it takes, events it sends. */
package org.zeuxis.app.web;

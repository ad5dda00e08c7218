/** {@code zeuxis serve}: an HTTP server that draws, embeds, classifies and speaks; its endpoints in the packages below. */
package org.zeuxis.app.serve;

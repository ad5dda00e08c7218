/** What all endpoints share: what a request says, which models there are, how pictures are answered with, and what failed. */
package org.zeuxis.app.serve.api;

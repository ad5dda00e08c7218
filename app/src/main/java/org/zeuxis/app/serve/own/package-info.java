/** {@code /v1/zeuxis}: what OpenAI's API has no word for. */
package org.zeuxis.app.serve.own;

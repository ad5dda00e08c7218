/** OpenAI's API: its requests and answers, what of them Zeuxis honours, and what it refuses by name. */
package org.zeuxis.app.serve.openai;

/** Zeuxis's models as LangChain4j's, in the same process. */
package org.zeuxis.langchain4j;

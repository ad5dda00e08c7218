/** Zeuxis's models as Spring AI's, in the same process. */
package org.zeuxis.springai;

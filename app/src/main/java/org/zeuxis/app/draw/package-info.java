/** Pictures from prompts: {@code imagine} and {@code sheet}. */
package org.zeuxis.app.draw;

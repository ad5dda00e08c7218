/** {@code zeuxis drawbench}: two models draw the same prompts, people and judges compare them. */
package org.zeuxis.app.drawbench;

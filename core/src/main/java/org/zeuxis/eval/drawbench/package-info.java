/** DrawBench: what two models draw of the same prompts, and which of them people prefer. */
package org.zeuxis.eval.drawbench;

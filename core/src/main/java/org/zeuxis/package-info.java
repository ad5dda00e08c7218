/** Multimodal deep learning on the JVM. */
package org.zeuxis;

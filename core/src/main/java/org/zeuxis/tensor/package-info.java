/** Arrays, gradients and memory: the only package that sees LibTorch. */
package org.zeuxis.tensor;

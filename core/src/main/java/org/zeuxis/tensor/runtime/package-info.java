/** The process that LibTorch runs in: its native libraries and its idle threads. */
package org.zeuxis.tensor.runtime;

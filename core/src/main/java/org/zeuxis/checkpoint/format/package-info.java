/** How tensors lie in files: safetensors, in one piece or several, and the archives of PyTorch. */
package org.zeuxis.checkpoint.format;

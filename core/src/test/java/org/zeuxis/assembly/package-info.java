/** U-Nets of other systems, assembled from the parts of {@code unet} as a stranger to that package would. */
package org.zeuxis.assembly;

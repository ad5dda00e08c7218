/** What follows a residual block of a U-Net: pixels attend to one another and to tokens. */
package org.zeuxis.unet.attention;

/** NFNet, a convolutional image encoder without normalization of activations, which Flamingo sees with. */
@NullMarked
package org.zeuxis.models.nfnet;

import org.jspecify.annotations.NullMarked;

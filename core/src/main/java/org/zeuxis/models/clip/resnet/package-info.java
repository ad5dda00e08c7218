/** What CLIP's ResNet is made of. */
@NullMarked
package org.zeuxis.models.clip.resnet;

import org.jspecify.annotations.NullMarked;

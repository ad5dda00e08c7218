/** What the networks of Imagen's stages have in common. */
package org.zeuxis.models.imagen.network;

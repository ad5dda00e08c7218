/** Imagen: pictures from a frozen text encoder by a cascade of diffusion models, as its paper has it and DeepFloyd publishes it. */
package org.zeuxis.models.imagen;

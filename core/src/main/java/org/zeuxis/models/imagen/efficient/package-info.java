/** Imagen's own network of super-resolution, as its appendix draws it. */
package org.zeuxis.models.imagen.efficient;

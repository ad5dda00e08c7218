/** Pictures with captions: where they are read from, in which order, and how they are written. */
package org.zeuxis.data;

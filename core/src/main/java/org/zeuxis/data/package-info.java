/** Pictures with captions, by number: what every format gives, and choices among them. */
package org.zeuxis.data;

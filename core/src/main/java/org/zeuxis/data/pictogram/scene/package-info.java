/** Pictures made of several drawings, of which it is known how many, what colour and where. */
package org.zeuxis.data.pictogram.scene;

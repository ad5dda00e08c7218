/** The world's published models: found on the Hugging Face hub, downloaded once, checked, kept where Python keeps them. */
package org.zeuxis.hub;

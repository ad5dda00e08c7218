/** Zeuxis's models as beans of Spring AI, as an application's properties have them. */
package org.zeuxis.springboot;

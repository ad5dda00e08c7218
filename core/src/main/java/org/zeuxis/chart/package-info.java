/** Bars and heat maps as pictures. */
package org.zeuxis.chart;

/** Random changes that make other ways to draw of one way, each a pure function of a seed. */
package org.zeuxis.data.augmentation;

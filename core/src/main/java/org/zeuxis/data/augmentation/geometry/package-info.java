/** Random changes of where things are in a picture. */
package org.zeuxis.data.augmentation.geometry;

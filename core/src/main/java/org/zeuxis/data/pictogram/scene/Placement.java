package org.zeuxis.data.pictogram.scene;

/** A drawing in a scene: square, in pixels from the top left corner. */
public record Placement(String key, String label, int left, int top, int side) {}

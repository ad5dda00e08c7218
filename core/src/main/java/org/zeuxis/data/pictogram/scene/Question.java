package org.zeuxis.data.pictogram.scene;

/**
 * What is asked about a scene.
 *
 * @param answer as short as it can be
 */
public record Question(String text, String answer) {}

package org.zeuxis.app.serve.api;

/**
 * How a caller wants to get pictures.
 *
 * @param url whether the answer is to say where they are, instead of bringing them
 * @param stream whether the answer is a stream of events
 * @param previews how many times each picture is shown while it grows
 */
public record Delivery(boolean url, boolean stream, int previews) {}

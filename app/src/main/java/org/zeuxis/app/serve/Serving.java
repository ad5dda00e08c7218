package org.zeuxis.app.serve;

import org.zeuxis.app.queue.GenerationQueue;
import org.zeuxis.app.queue.ResultFolder;

/**
 * What all endpoints share.
 *
 * @param open for the queue's thread
 * @param largest width and height of a picture in pixels
 */
public record Serving(ServedModels models, OpenModels open, GenerationQueue queue, ResultFolder results, int largest) {}

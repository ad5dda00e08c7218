package org.zeuxis.app.serve.api;

import org.zeuxis.models.Events;
import org.zeuxis.models.GeneratedImage;

/**
 * Pictures that a caller orders.
 *
 * @param bytes how much memory the order holds while it waits
 */
public record PictureOrder(String caller, String model, int count, long bytes, Delivery delivery, Making making) {
    /** Makes one of them. */
    @FunctionalInterface
    public interface Making {
        /** @param i which, from 0 */
        GeneratedImage make(OpenModels open, int i, Events events) throws Exception;
    }
}

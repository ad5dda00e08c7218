package org.zeuxis.app.serve.own;

import io.javalin.http.Context;
import java.util.List;
import org.zeuxis.app.serve.api.Asked;
import org.zeuxis.app.serve.api.Drawing;
import org.zeuxis.app.serve.api.ImageOrder;
import org.zeuxis.app.serve.api.Serving;
import org.zeuxis.app.serve.api.Task;
import org.zeuxis.image.Image;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.unclip.Blend;
import org.zeuxis.models.unclip.UnClip;

/** {@code /v1/zeuxis/blend}: pictures on the way from one to another. */
public final class BlendEndpoint {
    private static final String IMAGE = "image";

    private final Serving serving;
    private final Drawing drawing;

    public BlendEndpoint(Serving serving) {
        this.serving = serving;
        drawing = new Drawing(serving);
    }

    public void blend(Context ctx) throws Exception {
        Asked asked = Asked.form(ctx);
        ImageOrder order = ImageOrder.read(asked, serving, Task.BLEND);
        asked.expectFiles(IMAGE);
        List<Image> both = asked.pictures(IMAGE, 2, "two pictures, from one to the other,");
        Image from = both.get(0);
        Image to = both.get(1);
        ImageRequest one = order.request().withCount(1);
        double last = order.request().count() - 1;
        long bytes = from.samples().length + (long) to.samples().length;
        drawing.answer(
                ctx,
                order.made(
                        bytes,
                        (open, i, events) -> open.use(
                                order.model(),
                                UnClip.class,
                                model -> model.generate(new Blend(from, to, i / last), one, events)
                                        .get(0))),
                "image_blend");
    }
}

package org.zeuxis.app.serve.own;

import io.javalin.http.Context;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.zeuxis.app.serve.api.ApiException;
import org.zeuxis.app.serve.api.Asked;
import org.zeuxis.app.serve.api.Drawing;
import org.zeuxis.app.serve.api.ImageOrder;
import org.zeuxis.app.serve.api.Serving;
import org.zeuxis.app.serve.api.Task;
import org.zeuxis.config.Config;
import org.zeuxis.image.Image;
import org.zeuxis.models.Upscaler;

/** {@code /v1/zeuxis/upscale}: a picture, enlarged to what an unCLIP's upsamplers make, or as many times as a model enlarges. */
public final class UpscaleEndpoint {
    private static final String IMAGE = "image";
    private static final String TO = "to";
    private static final int LEAST_FACTOR = 4; // of the models that leave no choice

    private final Serving serving;
    private final Drawing drawing;

    public UpscaleEndpoint(Serving serving) {
        this.serving = serving;
        drawing = new Drawing(serving);
    }

    public void upscale(Context ctx) throws Exception {
        Asked asked = Asked.form(ctx);
        OptionalInt size = number(asked.fields(), TO);
        OptionalInt noise = number(asked.fields(), "noise");
        ImageOrder order = ImageOrder.read(asked, serving, Task.UPSCALE);
        asked.expectFiles(IMAGE);
        Image picture = asked.picture(IMAGE);
        List<Integer> sizes = serving.models().abilities(order.model()).sizes();
        if (size.isEmpty() && !sizes.isEmpty()) {
            throw ApiException.wrong(
                    TO,
                    "expected " + TO + ", the pixels of the longer side, to be "
                            + sizes.stream().map(String::valueOf).collect(Collectors.joining(" or ")) + ", got none");
        }
        int longer = size.orElse(LEAST_FACTOR * Math.max(picture.width(), picture.height()));
        order.expectSize(size.isPresent() ? TO : IMAGE, longer, longer);
        drawing.answer(
                ctx,
                order.made(
                        picture.samples().length,
                        (open, i, events) -> open.use(
                                order.model(),
                                Upscaler.class,
                                model -> model.upscale(picture, size, noise, order.request(), events))),
                "image_upscale");
    }

    private static OptionalInt number(Config c, String key) {
        return c.has(key) ? OptionalInt.of(c.integer(key)) : OptionalInt.empty();
    }
}

package org.zeuxis.app.serve.openai;

import io.javalin.http.Context;
import org.zeuxis.app.serve.api.ApiException;
import org.zeuxis.app.serve.api.Asked;
import org.zeuxis.app.serve.api.Drawing;
import org.zeuxis.app.serve.api.ImageOrder;
import org.zeuxis.app.serve.api.Serving;
import org.zeuxis.app.serve.api.Task;
import org.zeuxis.image.Image;
import org.zeuxis.models.Source;

/** {@code /v1/images}: pictures of words, of pictures and words, and of pictures alone. */
public final class ImageEndpoints {
    private static final String IMAGE = "image";
    private static final String MASK = "mask";

    private final Serving serving;
    private final Drawing drawing;

    public ImageEndpoints(Serving serving) {
        this.serving = serving;
        drawing = new Drawing(serving);
    }

    /** {@code generations} */
    public void generate(Context ctx) throws Exception {
        ImageOrder order = ImageOrder.read(Asked.json(ctx), serving, Task.GENERATIONS);
        drawing.answer(ctx, order.drawn(), "image_generation");
    }

    /** {@code edits}: a picture is drawn again as words say, with a mask only a part of it. */
    public void edit(Context ctx) throws Exception {
        Asked asked = Asked.form(ctx);
        ImageOrder order = ImageOrder.read(asked, serving, Task.EDITS);
        asked.expectFiles(IMAGE, MASK);
        Image picture = asked.picture(IMAGE);
        Image mask = asked.files().containsKey(MASK) ? asked.picture(MASK) : null;
        Source source;
        try {
            source = Source.transparent(picture, mask, order.strength());
        } catch (IllegalArgumentException e) {
            throw ApiException.wrong(MASK, String.valueOf(e.getMessage()));
        }
        drawing.answer(ctx, order.drawnFrom(source.image(), source.mask()), "image_edit");
    }

    /** {@code variations}: other pictures of what a picture shows. */
    public void vary(Context ctx) throws Exception {
        Asked asked = Asked.form(ctx);
        ImageOrder order = ImageOrder.read(asked, serving, Task.VARIATIONS);
        asked.expectFiles(IMAGE);
        drawing.answer(ctx, order.drawnFrom(asked.picture(IMAGE).over(255, 255, 255), null), "image_variation");
    }
}

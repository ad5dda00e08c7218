package org.zeuxis.app.serve.openai;

import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.serve.api.ApiException;
import org.zeuxis.app.serve.api.Asked;
import org.zeuxis.app.serve.api.Drawing;
import org.zeuxis.app.serve.api.ImageOrder;
import org.zeuxis.app.serve.api.Serving;
import org.zeuxis.app.serve.api.Task;
import org.zeuxis.image.Image;

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
        drawing.answer(ctx, order.drawnFrom(picture.over(255, 255, 255), white(picture, mask)), "image_edit");
    }

    /** {@code variations}: other pictures of what a picture shows. */
    public void vary(Context ctx) throws Exception {
        Asked asked = Asked.form(ctx);
        ImageOrder order = ImageOrder.read(asked, serving, Task.VARIATIONS);
        asked.expectFiles(IMAGE);
        drawing.answer(ctx, order.drawnFrom(asked.picture(IMAGE).over(255, 255, 255), null), "image_variation");
    }

    /** OpenAI's masks are transparent where the picture is redrawn, of a picture without one as the picture itself is; ours are white there. */
    private static @Nullable Image white(Image picture, @Nullable Image mask) {
        Image transparent = mask == null ? picture : mask;
        if (transparent.channels() < 4) return mask;
        byte[] samples = new byte[3 * transparent.width() * transparent.height()];
        boolean any = false;
        for (int i = 0; i < samples.length / 3; i++) {
            if (transparent.samples()[4 * i + 3] != 0) continue;
            any = true;
            for (int c = 0; c < 3; c++) samples[3 * i + c] = (byte) 255;
        }
        if (!any && mask != null) {
            throw ApiException.wrong(
                    MASK,
                    "expected a mask that is transparent where the picture is to be redrawn, got one that"
                            + " is so nowhere");
        }
        return any ? new Image(transparent.width(), transparent.height(), 3, samples) : null;
    }
}

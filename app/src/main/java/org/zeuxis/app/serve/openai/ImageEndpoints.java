package org.zeuxis.app.serve.openai;

import io.javalin.http.Context;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.serve.ApiException;
import org.zeuxis.app.serve.Asked;
import org.zeuxis.app.serve.SentPicture;
import org.zeuxis.app.serve.Serving;
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
        drawing.answer(ctx, ImageOrder.read(Asked.json(ctx), serving, true, false), "image_generation");
    }

    /** {@code edits}: a picture is drawn again as words say, with a mask only a part of it. */
    public void edit(Context ctx) throws Exception {
        Asked asked = Asked.form(ctx);
        ImageOrder order = ImageOrder.read(asked, serving, true, true);
        expectFiles(asked, IMAGE, MASK);
        Image picture = picture(asked, IMAGE);
        Image mask = asked.files().containsKey(MASK) ? picture(asked, MASK) : null;
        drawing.answer(
                ctx, order.from(picture.over(255, 255, 255), white(picture, mask), serving.largest()), "image_edit");
    }

    /** {@code variations}: other pictures of what a picture shows. */
    public void vary(Context ctx) throws Exception {
        Asked asked = Asked.form(ctx);
        ImageOrder order = ImageOrder.read(asked, serving, false, true);
        expectFiles(asked, IMAGE);
        Image picture = picture(asked, IMAGE).over(255, 255, 255);
        drawing.answer(ctx, order.from(picture, null, serving.largest()), "image_variation");
    }

    private static void expectFiles(Asked asked, String... known) {
        for (String name : asked.files().keySet()) {
            if (List.of(known).contains(name)) continue;
            throw ApiException.wrong(name, "expected the files " + String.join(" and ", known) + ", got " + name);
        }
    }

    private static Image picture(Asked asked, String param) {
        List<byte[]> files = asked.files().getOrDefault(param, List.of());
        if (files.size() == 1) return SentPicture.decode(files.get(0), param);
        throw ApiException.wrong(param, "expected one picture as the file " + param + ", got " + files.size());
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

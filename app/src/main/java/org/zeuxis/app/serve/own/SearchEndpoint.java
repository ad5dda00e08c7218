package org.zeuxis.app.serve.own;

import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.queue.Ticket;
import org.zeuxis.app.search.ContactSheet;
import org.zeuxis.app.search.PictureSearch.Hit;
import org.zeuxis.app.serve.api.ApiException;
import org.zeuxis.app.serve.api.Asked;
import org.zeuxis.app.serve.api.Json;
import org.zeuxis.app.serve.api.ServedIndex;
import org.zeuxis.app.serve.api.ServedIndex.Nearest;
import org.zeuxis.app.serve.api.Serving;
import org.zeuxis.config.Config;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.ClipFolder;

/** {@code /v1/zeuxis/search}: the pictures of the operator's index that are nearest to a text or a picture. */
public final class SearchEndpoint {
    private static final int USUAL = 10;
    private static final int MOST = 100;
    private static final int LONGEST = 1000; // characters
    private static final String IMAGE = "image";
    private static final String TEXT = "text";

    private final Serving serving;

    public SearchEndpoint(Serving serving) {
        this.serving = serving;
    }

    public void search(Context ctx) throws Exception {
        ServedIndex index = serving.index();
        if (index == null) {
            throw ApiException.missing(
                    null,
                    "no_index",
                    "expected a server with an index to search, got one without; start it with --index, the folder that"
                            + " 'zeuxis search index' made");
        }
        Asked asked = ctx.isMultipartFormData() ? Asked.form(ctx) : Asked.json(ctx);
        Config c = asked.fields();
        asked.expectFiles(IMAGE);
        Image picture = picture(asked);
        String text = c.text(TEXT, "");
        int top = c.integer("top", USUAL);
        boolean thumbnails = c.flag("thumbnails", false);
        c.refuseUnread();
        if ((picture == null) == text.isBlank()) {
            throw ApiException.wrong(
                    TEXT, "expected a text or an image to look for, got " + (picture == null ? "neither" : "both"));
        }
        if (text.length() > LONGEST) {
            throw ApiException.wrong(TEXT, "expected at most " + LONGEST + " characters, got " + text.length());
        }
        if (top < 1 || top > MOST) throw ApiException.wrong("top", "expected 1 to " + MOST + " pictures, got " + top);
        long bytes = 2L * text.length() + (picture == null ? 0 : picture.samples().length);
        Ticket<Nearest> ticket = serving.queue().submit(asked.caller(), bytes, own -> {
            own.goOn();
            return serving.open().use(index.clip(), ClipFolder.class, clip -> index.nearest(clip, picture, text, top));
        });
        Nearest found = serving.await(ctx, ticket);
        List<Map<String, Object>> data = new ArrayList<>();
        for (Hit hit : found.hits()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("index", data.size());
            one.put("path", hit.picture().path());
            one.put("score", hit.cosine());
            // null if it is no longer there
            String small = thumbnails
                    ? ContactSheet.thumbnail(found.root().resolve(hit.picture().path()))
                    : null;
            if (small != null) one.put("thumbnail", small);
            data.add(one);
        }
        Json.answer(ctx, Map.of("model", index.clip(), "data", data));
    }

    private @Nullable Image picture(Asked asked) {
        if (asked.files().containsKey(IMAGE)) return asked.picture(IMAGE);
        Config c = asked.fields();
        return c.has(IMAGE) ? serving.pictures().decode(c.text(IMAGE), IMAGE) : null;
    }
}

package org.zeuxis.app.serve.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.http.Context;
import io.javalin.http.UploadedFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.zeuxis.app.web.RequestBody;
import org.zeuxis.app.web.TooLargeException;
import org.zeuxis.config.Config;
import org.zeuxis.image.Image;

/**
 * What a request says.
 *
 * @param fields each of them is to be read, or refused by name
 * @param files uploaded, by the field they came in
 * @param caller who asks
 */
public record Asked(Config fields, Map<String, List<byte[]>> files, String caller) {
    /** Bytes of a request. */
    public static final int LARGEST = 32 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REQUEST = "request";
    private static final String LEAVE_OUT = "leave it out";
    private static final String USER = "user";
    private static final String CALLER = "caller";
    private static final String SHARED = "shared";

    /** Fields of forms that are no texts. */
    private static final Set<String> VALUES = Set.of(
            "n",
            "seed",
            "steps",
            "guidance",
            "strength",
            "clip_skip",
            "stream",
            "partial_images",
            "stages",
            "output_compression",
            "to",
            "noise",
            "top",
            "thumbnails");

    /** @throws ApiException if it is no JSON object */
    public static Asked json(Context ctx) throws IOException {
        byte[] body = RequestBody.read(ctx, LARGEST);
        try {
            return of(ctx, Config.parse(REQUEST, new String(body, StandardCharsets.UTF_8)), Map.of());
        } catch (IOException e) {
            throw ApiException.wrong(null, String.valueOf(e.getMessage()));
        }
    }

    /** @throws ApiException if it is no form, or a broken one */
    public static Asked form(Context ctx) throws IOException {
        if (!ctx.isMultipartFormData()) {
            throw ApiException.wrong(null, "expected a form (multipart/form-data), got " + ctx.contentType());
        }
        if (ctx.req().getContentLengthLong() > LARGEST) throw new TooLargeException(LARGEST);
        Map<String, Object> fields = new LinkedHashMap<>();
        Map<String, List<byte[]>> files = new LinkedHashMap<>();
        Map<String, List<UploadedFile>> uploads;
        Map<String, List<String>> texts;
        try {
            uploads = ctx.uploadedFileMap();
            texts = ctx.formParamMap();
        } catch (Exception e) { // checked ones too, which Kotlin does not declare
            ctx.header("Connection", "close"); // the rest of it is not read
            throw ApiException.wrong(null, "expected a whole form of at most " + LARGEST + " bytes, got a broken one");
        }
        for (Map.Entry<String, List<String>> each : texts.entrySet()) {
            if (each.getValue().isEmpty()) continue; // a file
            if (each.getValue().size() != 1) {
                throw ApiException.wrong(
                        each.getKey(),
                        "expected " + each.getKey() + " once, got it "
                                + each.getValue().size() + " times");
            }
            fields.put(each.getKey(), value(each.getKey(), each.getValue().get(0)));
        }
        for (Map.Entry<String, List<UploadedFile>> each : uploads.entrySet()) {
            List<byte[]> contents = new ArrayList<>();
            for (UploadedFile file : each.getValue()) {
                try (InputStream in = file.content()) {
                    contents.add(in.readAllBytes());
                }
            }
            // as clients write a list
            files.put(each.getKey().replaceFirst("\\[\\]$", ""), contents);
        }
        return of(ctx, Config.of(REQUEST, fields), files);
    }

    /** @throws ApiException if another file came than one of these */
    public void expectFiles(String... known) {
        for (String name : files.keySet()) {
            if (List.of(known).contains(name)) continue;
            throw ApiException.wrong(name, "expected the files " + String.join(" and ", known) + ", got " + name);
        }
    }

    /** @throws ApiException if there is not exactly one of this name */
    public Image picture(String name) {
        return pictures(name, 1, "one picture").get(0);
    }

    /**
     * Several of one name, in their order.
     *
     * @param words for the message, such as "two pictures"
     */
    public List<Image> pictures(String name, int count, String words) {
        List<byte[]> sent = files.getOrDefault(name, List.of());
        if (sent.size() != count) {
            throw ApiException.wrong(name, "expected " + words + " as the file " + name + ", got " + sent.size());
        }
        return sent.stream().map(file -> SentPictures.decode(file, name)).toList();
    }

    private static Object value(String name, String text) {
        if (!VALUES.contains(name)) return text;
        try {
            return JSON.readValue(text, Object.class);
        } catch (JsonProcessingException e) {
            return text; // which its reader refuses
        }
    }

    private static Asked of(Context ctx, Config said, Map<String, List<byte[]>> files) {
        Config fields = said.remediedBy(LEAVE_OUT);
        String caller = String.valueOf(ctx.<String>attribute(CALLER));
        String user = fields.text(USER, "");
        boolean told = Boolean.TRUE.equals(ctx.<Boolean>attribute(SHARED));
        return new Asked(fields, files, told && !user.isEmpty() ? caller + " " + user : caller);
    }

    /** Says whose request it is. */
    public static void by(Context ctx, String caller, boolean shared) {
        ctx.attribute(CALLER, caller);
        ctx.attribute(SHARED, shared);
    }
}

package org.zeuxis.app.serve.openai;

import io.javalin.http.Context;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.zeuxis.app.queue.Ticket;
import org.zeuxis.app.serve.api.ApiException;
import org.zeuxis.app.serve.api.Asked;
import org.zeuxis.app.serve.api.Json;
import org.zeuxis.app.serve.api.SentPictures;
import org.zeuxis.app.serve.api.Serving;
import org.zeuxis.app.serve.api.Task;
import org.zeuxis.config.Config;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.ClipFolder;

/** {@code /v1/embeddings}: texts, and pictures as data URIs, where a CLIP has them, side by side. */
public final class EmbeddingEndpoint {
    private static final int MOST_INPUTS = 2048;
    private static final int LONGEST = 32_000; // characters
    private static final String INPUT = "input";
    private static final String BASE64 = "base64";
    private static final int TEXTS_AT_ONCE = 128;
    private static final int PICTURES_AT_ONCE = 32;

    private final Serving serving;

    public EmbeddingEndpoint(Serving serving) {
        this.serving = serving;
    }

    private record Embedded(List<float[]> vectors, int tokens) {}

    public void embed(Context ctx) throws Exception {
        Asked asked = Asked.json(ctx);
        Config c = asked.fields();
        String model = serving.models().named(c.text("model", ""), Task.EMBEDDINGS);
        List<String> inputs = c.texts(INPUT);
        c.expect("encoding_format", "float", BASE64);
        boolean base64 = c.text("encoding_format", "float").equals(BASE64);
        int dimensions = c.integer("dimensions", 0);
        c.refuseUnread();
        if (inputs.isEmpty() || inputs.size() > MOST_INPUTS) {
            throw ApiException.wrong(INPUT, "expected 1 to " + MOST_INPUTS + " inputs, got " + inputs.size());
        }
        List<Image> pictures = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        long bytes = 0;
        for (String each : inputs) {
            if (SentPictures.isOne(each)) {
                Image picture = serving.pictures().decode(each, INPUT);
                pictures.add(picture);
                bytes += picture.samples().length;
                continue;
            }
            if (each.isEmpty() || each.length() > LONGEST) {
                throw ApiException.wrong(
                        INPUT, "expected texts of 1 to " + LONGEST + " characters, got one of " + each.length());
            }
            texts.add(each);
            bytes += 2L * each.length();
        }
        Ticket<Embedded> ticket = serving.queue()
                .submit(
                        asked.caller(),
                        bytes,
                        own -> serving.open().use(model, ClipFolder.class, clip -> {
                            int tokens = tokens(model, clip, texts, dimensions);
                            return new Embedded(embedded(clip, inputs, texts, pictures, own), tokens);
                        }));
        Json.answer(ctx, answer(model, serving.await(ctx, ticket), base64));
    }

    /** How many the texts are; refuses what the model cannot embed. */
    private static int tokens(String model, ClipFolder clip, List<String> texts, int dimensions) {
        int width = clip.width();
        if (dimensions != 0 && dimensions != width) {
            throw ApiException.wrong(
                    "dimensions",
                    "expected " + width + " dimensions, as " + model + " has them, got " + dimensions
                            + "; leave it out");
        }
        int tokens = 0;
        for (String text : texts) {
            int length = clip.tokens(text);
            if (length > clip.tokenizer().contextLength()) {
                throw ApiException.wrong(
                        INPUT,
                        "expected texts of at most " + clip.tokenizer().contextLength() + " tokens, which " + model
                                + " reads, got one of " + length);
            }
            tokens += length;
        }
        return tokens;
    }

    private static List<float[]> embedded(
            ClipFolder clip, List<String> inputs, List<String> texts, List<Image> pictures, Ticket<?> ticket) {
        List<float[]> ofTexts = embedded(texts, TEXTS_AT_ONCE, clip::textVectors, ticket);
        List<float[]> ofPictures = embedded(pictures, PICTURES_AT_ONCE, clip::imageVectors, ticket);
        List<float[]> all = new ArrayList<>();
        int text = 0;
        int picture = 0;
        for (String input : inputs) {
            all.add(SentPictures.isOne(input) ? ofPictures.get(picture++) : ofTexts.get(text++));
        }
        return all;
    }

    /** So many at once, as it can be stopped in between. */
    private static <T> List<float[]> embedded(
            List<T> all, int atOnce, Function<List<T>, List<float[]>> embed, Ticket<?> ticket) {
        List<float[]> rows = new ArrayList<>();
        for (int from = 0; from < all.size(); from += atOnce) {
            ticket.goOn();
            rows.addAll(embed.apply(all.subList(from, Math.min(all.size(), from + atOnce))));
        }
        return rows;
    }

    private static Map<String, Object> answer(String model, Embedded embedded, boolean base64) {
        List<Map<String, Object>> data = new ArrayList<>();
        for (float[] vector : embedded.vectors) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("object", "embedding");
            one.put("index", data.size());
            one.put("embedding", base64 ? base64(vector) : vector);
            data.add(one);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("object", "list");
        answer.put("data", data);
        answer.put("model", model);
        answer.put("usage", Map.of("prompt_tokens", embedded.tokens, "total_tokens", embedded.tokens));
        return answer;
    }

    private static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : vector) bytes.putFloat(value);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}

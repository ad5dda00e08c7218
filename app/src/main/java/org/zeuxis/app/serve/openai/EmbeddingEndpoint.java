package org.zeuxis.app.serve.openai;

import io.javalin.http.Context;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zeuxis.app.queue.Ticket;
import org.zeuxis.app.serve.ApiException;
import org.zeuxis.app.serve.Asked;
import org.zeuxis.app.serve.Json;
import org.zeuxis.app.serve.SentPicture;
import org.zeuxis.app.serve.Serving;
import org.zeuxis.config.Config;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/** {@code /v1/embeddings}: texts, and pictures as data URIs, where a CLIP has them, side by side. */
public final class EmbeddingEndpoint {
    private static final int MOST_INPUTS = 2048;
    private static final int LONGEST = 32_000; // characters
    private static final String INPUT = "input";
    private static final String BASE64 = "base64";

    private final Serving serving;

    public EmbeddingEndpoint(Serving serving) {
        this.serving = serving;
    }

    private record Embedded(List<float[]> vectors, int tokens) {}

    public void embed(Context ctx) throws Exception {
        Asked asked = Asked.json(ctx);
        Config c = asked.fields();
        String model = serving.models().named(c.text("model", ""));
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
            if (SentPicture.isOne(each)) {
                Image picture = SentPicture.decode(each, INPUT);
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
                .submit(asked.caller(), bytes, own -> embedded(model, inputs, texts, pictures, dimensions));
        Json.answer(ctx, answer(model, ticket.await(), base64));
    }

    private Embedded embedded(
            String model, List<String> inputs, List<String> texts, List<Image> pictures, int dimensions)
            throws Exception {
        ClipFolder clip = serving.open().open(model, ClipFolder.class);
        int width = clip.clip().config().width();
        if (dimensions != 0 && dimensions != width) {
            throw ApiException.wrong(
                    "dimensions",
                    "expected " + width + " dimensions, as " + model + " has them, got " + dimensions
                            + "; leave it out");
        }
        int tokens = 0;
        for (String text : texts) {
            int length = clip.tokenizer().tokens(text).length + 2; // its start and its end
            if (length > clip.tokenizer().contextLength()) {
                throw ApiException.wrong(
                        INPUT,
                        "expected texts of at most " + clip.tokenizer().contextLength() + " tokens, which " + model
                                + " reads, got one of " + length);
            }
            tokens += length;
        }
        List<float[]> ofTexts = new ArrayList<>();
        List<float[]> ofPictures = new ArrayList<>();
        try (Scope scope = new Scope()) {
            if (!texts.isEmpty()) ofTexts.addAll(rows(clip.embedTexts(texts), width));
            if (!pictures.isEmpty()) ofPictures.addAll(rows(clip.embedImages(pictures), width));
        }
        List<float[]> all = new ArrayList<>();
        int text = 0;
        int picture = 0;
        for (String input : inputs) {
            all.add(SentPicture.isOne(input) ? ofPictures.get(picture++) : ofTexts.get(text++));
        }
        return new Embedded(all, tokens);
    }

    /** @param all [rows, width] */
    private static List<float[]> rows(Tensor all, int width) {
        float[] values = all.toFloats();
        List<float[]> rows = new ArrayList<>();
        for (int from = 0; from < values.length; from += width) {
            rows.add(Arrays.copyOfRange(values, from, from + width));
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

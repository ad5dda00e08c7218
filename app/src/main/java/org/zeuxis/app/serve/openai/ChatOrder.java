package org.zeuxis.app.serve.openai;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.zeuxis.app.serve.api.ApiException;
import org.zeuxis.app.serve.api.SentPictures;
import org.zeuxis.app.serve.api.Serving;
import org.zeuxis.app.serve.api.Task;
import org.zeuxis.config.Config;
import org.zeuxis.image.Image;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.models.flamingo.dialogue.Dialogue;
import org.zeuxis.models.flamingo.dialogue.Utterance;
import org.zeuxis.models.lm.Choice;

/**
 * What a caller says and shows, and how the answer is to be written.
 *
 * @param usage whether a stream ends with the number of tokens
 */
record ChatOrder(
        String model, Dialogue dialogue, int tokens, List<String> stops, Choice choice, boolean stream, boolean usage) {
    private static final int USUAL_TOKENS = 64;
    private static final int MOST_TOKENS = 4096;
    private static final int LONGEST = 100_000; // characters, all messages together
    private static final int MOST_PICTURES = 64; // all messages together
    private static final String MESSAGES = "messages";
    private static final SecureRandom RANDOM = new SecureRandom();

    static ChatOrder read(Config c, Serving serving) {
        String model = serving.models().named(c.text("model", ""), Task.CHAT);
        List<Utterance> messages = new ArrayList<>();
        int shown = 0;
        for (Config each : c.children(MESSAGES)) {
            Utterance message = message(each, serving.pictures(), MOST_PICTURES - shown);
            shown += message.pictures().size();
            messages.add(message);
        }
        // of these there is only what is usual
        c.expect("n", 1);
        c.expect("presence_penalty", 0);
        c.expect("frequency_penalty", 0);
        c.expect("logprobs", false);
        c.expect("store", false);
        int tokens = c.integer("max_completion_tokens", c.integer("max_tokens", USUAL_TOKENS));
        if (tokens < 1 || tokens > MOST_TOKENS) {
            throw ApiException.wrong(
                    "max_completion_tokens", "expected 1 to " + MOST_TOKENS + " tokens, got " + tokens);
        }
        double temperature = c.number("temperature", 0);
        double topP = c.number("top_p", 1);
        long seed = c.wholeNumber("seed", RANDOM.nextInt(Integer.MAX_VALUE));
        Choice choice = temperature == 0 ? Choice.GREEDY : Choice.drawn(temperature, 0, topP, seed);
        List<String> stops = c.texts("stop", List.of());
        boolean stream = c.flag("stream", false);
        boolean usage = false;
        if (c.has("stream_options")) {
            Config options = c.child("stream_options");
            usage = options.flag("include_usage", false);
            boolean unused = options.flag("include_obfuscation", false);
            options.refuseUnread();
        }
        c.refuseUnread();
        return new ChatOrder(model, dialogue(messages), tokens, stops, choice, stream, usage);
    }

    /** @param most pictures that it may still show, of which one more is neither decoded nor fetched */
    private static Utterance message(Config c, SentPictures sent, int most) {
        c.expect("role", "system", "developer", "user", "assistant");
        String role = c.text("role");
        StringBuilder text = new StringBuilder();
        List<Image> pictures = new ArrayList<>();
        if (!c.isList("content")) text.append(c.text("content"));
        else {
            for (Config part : c.children("content")) {
                part.expect("type", "text", "image_url");
                if (part.text("type").equals("text")) text.append(part.text("text"));
                else {
                    Config url = part.child("image_url");
                    url.expect("detail", "auto");
                    if (pictures.size() == most) {
                        throw ApiException.wrong(
                                MESSAGES,
                                "expected at most " + MOST_PICTURES
                                        + " pictures in all messages, got more; leave some out");
                    }
                    pictures.add(sent.decode(url.text("url"), MESSAGES));
                    url.refuseUnread();
                }
                part.refuseUnread();
            }
        }
        String unused = c.text("name", "");
        c.refuseUnread();
        if (text.indexOf(Prompt.MARK) >= 0) {
            throw ApiException.wrong(
                    MESSAGES, "expected no " + Prompt.MARK + " in a text, got one; show pictures as image_url");
        }
        if (!pictures.isEmpty() && !role.equals("user")) {
            throw ApiException.wrong(MESSAGES, "expected pictures of the user alone, got one of the role " + role);
        }
        Utterance.Speaker speaker = switch (role) {
            case "user" -> Utterance.Speaker.USER;
            case "assistant" -> Utterance.Speaker.MODEL;
            default -> Utterance.Speaker.SYSTEM;
        };
        return new Utterance(speaker, text.toString(), pictures);
    }

    private static Dialogue dialogue(List<Utterance> messages) {
        int length = messages.stream().mapToInt(each -> each.text().length()).sum();
        if (length > LONGEST) {
            throw ApiException.wrong(MESSAGES, "expected at most " + LONGEST + " characters, got " + length);
        }
        try {
            return Dialogue.of(messages);
        } catch (IllegalArgumentException e) {
            throw ApiException.wrong(MESSAGES, String.valueOf(e.getMessage()));
        }
    }

    /** How much memory it holds. */
    long bytes() {
        long sum = 2L * dialogue.system().length();
        for (Dialogue.Turn turn : dialogue.turns()) {
            sum += 2L * (turn.question().length() + turn.answer().length());
            for (Image picture : turn.pictures()) sum += picture.samples().length;
        }
        return sum;
    }
}

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
import org.zeuxis.models.flamingo.Dialect;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.models.lm.Choice;

/**
 * What a caller says and shows, and how the answer is to be written.
 *
 * @param system said before all else; empty for nothing
 * @param usage whether a stream ends with the number of tokens
 */
record ChatOrder(
        String model,
        String system,
        List<Turn> turns,
        int tokens,
        List<String> stops,
        Choice choice,
        boolean stream,
        boolean usage) {
    private static final int USUAL_TOKENS = 64;
    private static final int MOST_TOKENS = 4096;
    private static final int LONGEST = 100_000; // characters, all messages together
    private static final String MESSAGES = "messages";
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * Pictures, what is asked of them, and what was answered.
     *
     * @param answer empty of the last one, which is to be answered
     */
    record Turn(List<Image> pictures, String question, String answer) {}

    private record Message(String role, String text, List<Image> pictures) {}

    static ChatOrder read(Config c, Serving serving) {
        String model = serving.models().named(c.text("model", ""), Task.CHAT);
        List<Message> messages = new ArrayList<>();
        for (Config each : c.children(MESSAGES)) messages.add(message(each, serving.pictures()));
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
        return new ChatOrder(model, system(messages), turns(messages), tokens, stops, choice, stream, usage);
    }

    private static Message message(Config c, SentPictures shown) {
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
                    pictures.add(shown.decode(url.text("url"), MESSAGES));
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
        return new Message(role, text.toString(), pictures);
    }

    private static String system(List<Message> messages) {
        StringBuilder all = new StringBuilder();
        for (Message each : messages) {
            if (each.role.equals("system") || each.role.equals("developer")) {
                all.append(each.text.strip()).append('\n');
            }
        }
        return all.toString();
    }

    /** Several messages of the user in a row are one question. */
    private static List<Turn> turns(List<Message> messages) {
        List<Turn> turns = new ArrayList<>();
        List<Image> pictures = new ArrayList<>();
        StringBuilder question = new StringBuilder();
        boolean asked = false;
        int length = 0;
        for (Message each : messages) {
            length += each.text.length();
            if (each.role.equals("user")) {
                if (question.length() > 0) question.append('\n');
                question.append(each.text);
                pictures.addAll(each.pictures);
                asked = true;
            } else if (each.role.equals("assistant")) {
                if (!asked) {
                    throw ApiException.wrong(MESSAGES, "expected a question before each answer, got none");
                }
                turns.add(new Turn(List.copyOf(pictures), question.toString(), each.text));
                pictures.clear();
                question.setLength(0);
                asked = false;
            }
        }
        if (!asked) throw ApiException.wrong(MESSAGES, "expected the user's question as the last message, got none");
        if (length > LONGEST) {
            throw ApiException.wrong(MESSAGES, "expected at most " + LONGEST + " characters, got " + length);
        }
        turns.add(new Turn(List.copyOf(pictures), question.toString(), ""));
        if (turns.stream().allMatch(turn -> turn.pictures.isEmpty())) {
            throw ApiException.wrong(
                    MESSAGES, "expected at least 1 picture to speak of, got none; show one as image_url");
        }
        return turns;
    }

    /** All of it in the words of the model. */
    Prompt prompt(FlamingoFolder model) {
        Dialect dialect = model.dialect();
        Prompt all = Prompt.of(system, List.of());
        for (Turn turn : turns.subList(0, turns.size() - 1)) {
            all = all.then(dialect.answered(shown(turn), turn.question, turn.answer));
        }
        Turn last = turns.get(turns.size() - 1);
        return all.then(dialect.asking(shown(last), last.question));
    }

    private static Prompt shown(Turn turn) {
        return Prompt.of(Prompt.MARK.repeat(turn.pictures.size()), turn.pictures);
    }

    /** How much memory it holds. */
    long bytes() {
        long sum = 2L * system.length();
        for (Turn turn : turns) {
            sum += 2L * (turn.question.length() + turn.answer.length());
            for (Image picture : turn.pictures) sum += picture.samples().length;
        }
        return sum;
    }
}

package org.zeuxis.app.serve.openai;

import io.javalin.http.Context;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.queue.Ticket;
import org.zeuxis.app.serve.api.ApiException;
import org.zeuxis.app.serve.api.Asked;
import org.zeuxis.app.serve.api.Json;
import org.zeuxis.app.serve.api.Refusal;
import org.zeuxis.app.serve.api.Serving;
import org.zeuxis.app.web.EventStream;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.flamingo.FlamingoFolder.Written;
import org.zeuxis.models.flamingo.Prompt;

/** {@code /v1/chat/completions}: a Flamingo speaks of the pictures that it is shown. */
public final class ChatEndpoint {
    private static final Duration STILL_THERE = Duration.ofSeconds(5);
    private static final long TICK = 20; // milliseconds
    private static final String DONE = "[DONE]";

    private final Serving serving;

    public ChatEndpoint(Serving serving) {
        this.serving = serving;
    }

    public void complete(Context ctx) throws Exception {
        Asked asked = Asked.json(ctx);
        ChatOrder order = ChatOrder.read(asked.fields(), serving);
        BlockingQueue<String> words = new LinkedBlockingQueue<>();
        Ticket<Written> ticket =
                serving.queue().submit(asked.caller(), order.bytes(), own -> answer(order, own, words));
        String id = "chatcmpl-" + ticket.id();
        long created = Instant.now().getEpochSecond();
        if (order.stream()) stream(EventStream.begin(ctx), order, ticket, words, id, created);
        else Json.answer(ctx, whole(order, serving.await(ctx, ticket), id, created));
    }

    private Written answer(ChatOrder order, Ticket<Written> ticket, BlockingQueue<String> words) throws Exception {
        return serving.open().use(order.model(), FlamingoFolder.class, model -> answer(order, model, ticket, words));
    }

    private static Written answer(
            ChatOrder order, FlamingoFolder model, Ticket<Written> ticket, BlockingQueue<String> words) {
        boolean[] begun = {false};
        try {
            Prompt prompt = order.dialogue().prompt(model.dialect());
            return model.written(prompt, order.tokens(), order.stops(), order.choice(), word -> {
                ticket.goOn();
                String next = begun[0] ? word : word.stripLeading();
                if (next.isEmpty()) return;
                begun[0] = true;
                words.add(next);
            });
        } catch (IllegalArgumentException e) {
            throw ApiException.wrong("messages", order.model() + ": " + e.getMessage());
        }
    }

    private static Map<String, Object> whole(ChatOrder order, Written answer, String id, long created) {
        Map<String, Object> choice = new LinkedHashMap<>();
        choice.put("index", 0);
        choice.put("message", Map.of("role", "assistant", "content", answer.text()));
        choice.put("finish_reason", finish(answer));
        Map<String, Object> all = head("chat.completion", order, id, created);
        all.put("choices", List.of(choice));
        all.put("usage", usage(answer));
        return all;
    }

    private static String finish(Written answer) {
        return answer.whole() ? "stop" : "length";
    }

    private static Map<String, Object> usage(Written answer) {
        return Map.of(
                "prompt_tokens", answer.read(),
                "completion_tokens", answer.tokens(),
                "total_tokens", answer.read() + answer.tokens());
    }

    private static Map<String, Object> head(String object, ChatOrder order, String id, long created) {
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("id", id);
        head.put("object", object);
        head.put("created", created);
        head.put("model", order.model());
        return head;
    }

    private void stream(
            EventStream stream,
            ChatOrder order,
            Ticket<Written> ticket,
            BlockingQueue<String> words,
            String id,
            long created)
            throws InterruptedException {
        try {
            stream.send(chunk(order, id, created, Map.of("role", "assistant", "content", ""), null));
            long spoke = System.nanoTime();
            while (!ticket.state().isOver() || !words.isEmpty()) {
                String word = words.poll(TICK, TimeUnit.MILLISECONDS);
                if (word != null) stream.send(chunk(order, id, created, Map.of("content", word), null));
                else if (System.nanoTime() - spoke < STILL_THERE.toNanos()) continue;
                else stream.stillThere();
                spoke = System.nanoTime();
            }
            Written answer = ticket.await();
            stream.send(chunk(order, id, created, Map.of(), finish(answer)));
            if (order.usage()) {
                Map<String, Object> last = head("chat.completion.chunk", order, id, created);
                last.put("choices", List.of());
                last.put("usage", usage(answer));
                stream.send(Json.text(last));
            }
            stream.send(DONE);
        } catch (ExecutionException | CancellationException e) {
            fail(stream, e);
        } catch (IOException e) {
            serving.queue().cancel(ticket); // nobody listens
        }
    }

    private static void fail(EventStream stream, Exception e) {
        try {
            stream.send("error", Json.text(Refusal.of(e).body()));
        } catch (IOException gone) {
            return; // nobody listens
        }
    }

    private static String chunk(
            ChatOrder order, String id, long created, Map<String, Object> delta, @Nullable String finish) {
        Map<String, @Nullable Object> choice = new LinkedHashMap<>();
        choice.put("index", 0);
        choice.put("delta", delta);
        choice.put("finish_reason", finish);
        Map<String, Object> chunk = head("chat.completion.chunk", order, id, created);
        List<Object> choices = new ArrayList<>();
        choices.add(choice);
        chunk.put("choices", choices);
        return Json.text(chunk);
    }
}

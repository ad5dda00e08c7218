package org.zeuxis.springai;

import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.zeuxis.hub.SharedModel;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.flamingo.FlamingoFolder.Written;
import org.zeuxis.models.flamingo.dialogue.Dialogue;
import org.zeuxis.models.lm.Choice;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * Speaks of pictures: an IDEFICS or an OpenFlamingo. Each dialogue shows at least one; pictures come as bytes, base64 or data URIs,
 * and no URL is fetched.
 *
 * <p>For any number of threads, of which one is answered at a time. The weights are read when the first question is asked. Tools and
 * penalties are refused.
 */
public final class ZeuxisChatModel implements ChatModel, AutoCloseable {
    private static final int TOKENS = 64;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SharedModel<FlamingoFolder> model;
    private final ZeuxisChatOptions usual;

    private ZeuxisChatModel(SharedModel<FlamingoFolder> model, ZeuxisChatOptions usual) {
        this.model = model;
        this.usual = usual;
    }

    /**
     * Of a folder, or of {@code organization/name} of the hub, which is downloaded when it is first used.
     *
     * @param usual what a prompt's options leave open
     */
    public static ZeuxisChatModel of(String name, ZeuxisChatOptions usual) {
        return new ZeuxisChatModel(SharedModel.named(name, FlamingoFolder.class), usual);
    }

    /** Of a model that is open, which whoever opened it closes. */
    public static ZeuxisChatModel of(FlamingoFolder open, ZeuxisChatOptions usual) {
        return new ZeuxisChatModel(SharedModel.of(open.name(), open), usual);
    }

    @Override
    public ChatOptions getOptions() {
        return usual;
    }

    @Override
    public ChatResponse call(Prompt prompt) {
        Written written = written(prompt, word -> {});
        return last(written.text(), written);
    }

    /** The words as they are written; the last response has none, but says how it ended. Whoever cancels ends the writing. */
    @Override
    public Flux<ChatResponse> stream(Prompt prompt) {
        return Flux.<ChatResponse>create(sink -> {
                    boolean[] begun = {false};
                    try {
                        Written written = written(prompt, word -> {
                            if (sink.isCancelled()) throw new CancellationException("nobody listens any more");
                            String next = begun[0] ? word : word.stripLeading();
                            if (next.isEmpty()) return;
                            begun[0] = true;
                            sink.next(new ChatResponse(List.of(new Generation(new AssistantMessage(next)))));
                        });
                        sink.next(last("", written));
                        sink.complete();
                    } catch (RuntimeException e) {
                        // who has gone is told of nothing
                        if (!sink.isCancelled()) sink.error(e);
                    }
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    private Written written(Prompt prompt, Consumer<String> words) {
        Messages.expectNoTools(prompt.getOptions());
        ZeuxisChatOptions options = ZeuxisChatOptions.of(prompt.getOptions()).or(usual);
        model.expectNamed(options.model());
        Dialogue dialogue = Dialogue.of(Messages.utterances(prompt.getInstructions()));
        long seed = options.seed() == null ? RANDOM.nextLong() : options.seed();
        Choice choice = Choice.asked(options.temperature(), options.topK(), options.topP(), seed);
        int tokens = options.maxTokens() == null ? TOKENS : options.maxTokens();
        List<String> stops = options.stopSequences() == null ? List.of() : options.stopSequences();
        return model.use(
                flamingo -> flamingo.written(dialogue.prompt(flamingo.dialect()), tokens, stops, choice, words));
    }

    private ChatResponse last(String text, Written written) {
        ChatGenerationMetadata ended = ChatGenerationMetadata.builder()
                .finishReason(written.whole() ? "STOP" : "LENGTH")
                .build();
        return new ChatResponse(
                List.of(new Generation(new AssistantMessage(text), ended)),
                ChatResponseMetadata.builder()
                        .model(model.name())
                        .usage(new DefaultUsage(written.read(), written.tokens()))
                        .build());
    }

    /** Gives the memory of the weights back, unless the model was given. */
    @Override
    public void close() {
        model.close();
    }
}

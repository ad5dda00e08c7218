package org.zeuxis.springai;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.zeuxis.models.flamingo.dialogue.Utterance;
import org.zeuxis.models.flamingo.dialogue.Utterance.Speaker;

/** Spring AI's messages as utterances; what cannot be said to a Flamingo is refused by name. */
final class Messages {
    private Messages() {}

    static List<Utterance> utterances(List<Message> messages) {
        return messages.stream().map(Messages::utterance).toList();
    }

    private static Utterance utterance(Message message) {
        String text = message.getText() == null ? "" : message.getText();
        if (message instanceof UserMessage user) {
            return Utterance.user(
                    text, user.getMedia().stream().map(Pictures::of).toList());
        }
        if (message instanceof SystemMessage) return Utterance.of(Speaker.SYSTEM, text);
        if (message instanceof AssistantMessage answer) {
            if (!answer.hasToolCalls()) return Utterance.of(Speaker.MODEL, text);
            throw new IllegalArgumentException("expected answers in words, got one that calls tools; leave it out");
        }
        throw new IllegalArgumentException(
                "expected messages of the system, the user and the model, got one of the type "
                        + message.getMessageType() + "; leave it out");
    }

    static void expectNoTools(@Nullable ChatOptions options) {
        if (!(options instanceof ToolCallingChatOptions tools)) return;
        List<ToolCallback> all = tools.getToolCallbacks();
        if (all == null || all.isEmpty()) return;
        throw new IllegalArgumentException(
                "expected no tools, got " + all.get(0).getToolDefinition().name() + "; leave it out");
    }
}

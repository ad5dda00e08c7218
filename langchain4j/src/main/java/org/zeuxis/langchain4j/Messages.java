package org.zeuxis.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.ImageContent.DetailLevel;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import java.util.ArrayList;
import java.util.List;
import org.zeuxis.image.Image;
import org.zeuxis.models.flamingo.dialogue.Utterance;
import org.zeuxis.models.flamingo.dialogue.Utterance.Speaker;

/** LangChain4j's messages as utterances; what cannot be said to a Flamingo is refused by name. */
final class Messages {
    private Messages() {}

    static List<Utterance> utterances(List<ChatMessage> messages) {
        return messages.stream().map(Messages::utterance).toList();
    }

    private static Utterance utterance(ChatMessage message) {
        if (message instanceof UserMessage user) return asked(user);
        if (message instanceof SystemMessage system) return Utterance.of(Speaker.SYSTEM, system.text());
        if (message instanceof AiMessage ai) {
            if (ai.hasToolExecutionRequests()) {
                throw refused("answers in words", "one that asks for tools");
            }
            return Utterance.of(Speaker.MODEL, ai.text() == null ? "" : ai.text());
        }
        throw refused("messages of the system, the user and the model", "one of the type " + message.type());
    }

    private static Utterance asked(UserMessage message) {
        List<Image> pictures = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (Content content : message.contents()) {
            if (content instanceof TextContent text) texts.add(text.text());
            else if (content instanceof ImageContent image) pictures.add(shown(image));
            else throw refused("texts and pictures", "content of the type " + content.type());
        }
        return Utterance.user(String.join("\n", texts), pictures);
    }

    private static Image shown(ImageContent content) {
        // low is what LangChain4j says unless it is told
        DetailLevel detail = content.detailLevel();
        if (detail != DetailLevel.LOW && detail != DetailLevel.AUTO) {
            throw refused("detail AUTO, as every picture is seen at the model's one size", detail.name());
        }
        return Pictures.of(content.image());
    }

    private static UnsupportedFeatureException refused(String expected, String got) {
        return new UnsupportedFeatureException("expected " + expected + ", got " + got + "; leave it out");
    }
}

package sample;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.zeuxis.langchain4j.ZeuxisChatModel;
import org.zeuxis.langchain4j.ZeuxisEmbeddingModel;
import org.zeuxis.langchain4j.ZeuxisImageModel;

/**
 * LangChain4j with Zeuxis in one process: draws pictures, finds the one that a text asks for, and has it described if a Flamingo is
 * given. Arguments: a folder for the pictures, and, if there is one, the folder or name of an IDEFICS or OpenFlamingo.
 */
public final class PictureSearch {
    private PictureSearch() {}

    public static void main(String[] args) throws IOException {
        run(System.out, args);
    }

    static void run(PrintStream out, String... args) throws IOException {
        InMemoryEmbeddingStore<TextSegment> store = new InMemoryEmbeddingStore<>();
        try (ZeuxisImageModel painter =
                        ZeuxisImageModel.builder().steps(16).seed(7).build();
                ZeuxisEmbeddingModel clip = ZeuxisEmbeddingModel.builder().build()) {
            for (String prompt : List.of("a red apple", "a blue car", "a yellow duck")) {
                Image picture = painter.generate(prompt).content();
                Path file = Path.of(args[0], prompt.replace(' ', '-') + ".png");
                Files.write(file, Base64.getDecoder().decode(picture.base64Data()));
                Embedding vector = clip.embed(EmbeddingRequest.builder()
                                .input(ImageContent.from(picture))
                                .build())
                        .embeddings()
                        .get(0);
                store.add(vector, TextSegment.from(file.toString()));
            }
            for (String text : List.of("apple", "car", "duck")) {
                EmbeddingSearchRequest search = EmbeddingSearchRequest.builder()
                        .queryEmbedding(clip.embed(text).content())
                        .maxResults(1)
                        .build();
                String found = store.search(search).matches().get(0).embedded().text();
                out.println(text + ": " + found);
                if (args.length > 1) out.println(described(args[1], found));
            }
        }
    }

    private static String described(String flamingo, String file) throws IOException {
        try (ZeuxisChatModel model =
                ZeuxisChatModel.builder().model(flamingo).maxOutputTokens(16).build()) {
            UserMessage question =
                    UserMessage.from(ImageContent.from(Path.of(file), "image/png"), TextContent.from("What is it?"));
            return model.chat(question).aiMessage().text();
        }
    }
}

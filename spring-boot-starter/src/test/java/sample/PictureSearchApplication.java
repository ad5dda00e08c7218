package sample;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.content.Media;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.image.ImageModel;
import org.springframework.ai.image.ImagePrompt;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.FileSystemResource;
import org.springframework.util.MimeTypeUtils;

/**
 * Spring AI with Zeuxis in one process: draws pictures, finds the one that a text asks for, and has it described if there is a
 * Flamingo. Properties: {@code pictures}, a folder; {@code spring.ai.zeuxis.chat.model}, the folder or name of an IDEFICS or
 * OpenFlamingo, if there is one.
 */
@SpringBootApplication(proxyBeanMethods = false)
public class PictureSearchApplication {
    public static void main(String[] args) {
        SpringApplication.run(PictureSearchApplication.class, args);
    }

    private record Found(Path file, float[] vector) {
        double likeness(float[] other) {
            double sum = 0;
            for (int i = 0; i < other.length; i++) sum += other[i] * vector[i];
            return sum;
        }
    }

    @Bean
    CommandLineRunner search(
            ImageModel painter,
            EmbeddingModel clip,
            ObjectProvider<ChatModel> chat,
            @Value("${pictures}") Path folder) {
        return args -> {
            List<Found> pictures = new ArrayList<>();
            for (String prompt : List.of("a red apple", "a blue car", "a yellow duck")) {
                String png = painter.call(new ImagePrompt(prompt))
                        .getResult()
                        .getOutput()
                        .getB64Json();
                Path file = Files.write(
                        folder.resolve(prompt.replace(' ', '-') + ".png"),
                        Base64.getDecoder().decode(png));
                Document document = Document.builder().media(media(file)).build();
                pictures.add(new Found(file, clip.embed(document)));
            }
            for (String text : List.of("apple", "car", "duck")) {
                float[] asked = clip.embed(text);
                Found nearest = pictures.stream()
                        .max(Comparator.comparingDouble(each -> each.likeness(asked)))
                        .orElseThrow();
                System.out.println(text + ": " + nearest.file());
                chat.ifAvailable(flamingo -> System.out.println(ChatClient.create(flamingo)
                        .prompt()
                        .user(user -> user.text("What is it?").media(media(nearest.file())))
                        .call()
                        .content()));
            }
        };
    }

    private static Media media(Path file) {
        return new Media(MimeTypeUtils.IMAGE_PNG, new FileSystemResource(file));
    }
}

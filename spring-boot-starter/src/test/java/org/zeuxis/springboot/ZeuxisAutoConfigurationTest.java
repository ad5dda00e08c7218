package org.zeuxis.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.ai.image.ImagePrompt;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.zeuxis.springai.ZeuxisChatModel;
import org.zeuxis.springai.ZeuxisChatOptions;
import org.zeuxis.springai.ZeuxisEmbeddingModel;
import org.zeuxis.springai.ZeuxisImageModel;
import org.zeuxis.springai.ZeuxisImageOptions;

class ZeuxisAutoConfigurationTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(PropertyPlaceholderAutoConfiguration.class, ZeuxisAutoConfiguration.class));

    @Test
    void bootFindsIt() {
        assertThat(ImportCandidates.load(
                        org.springframework.boot.autoconfigure.AutoConfiguration.class,
                        getClass().getClassLoader()))
                .contains(ZeuxisAutoConfiguration.class.getName());
    }

    @Test
    void picturesAndEmbeddingsAreThereAndChatIfItsModelIsNamed() {
        runner.run(context -> assertThat(context)
                .hasSingleBean(ZeuxisImageModel.class)
                .hasSingleBean(ZeuxisEmbeddingModel.class)
                .doesNotHaveBean(ZeuxisChatModel.class));
        runner.withPropertyValues("spring.ai.zeuxis.chat.model=nowhere")
                .run(context -> assertThat(context).hasSingleBean(ZeuxisChatModel.class));
    }

    @Test
    void anotherProviderMayBeChosen() {
        for (String kind : List.of("image", "embedding", "chat")) {
            runner.withPropertyValues("spring.ai.model." + kind + "=openai", "spring.ai.zeuxis.chat.model=nowhere")
                    .run(context -> {
                        assertThat(context.containsBean("zeuxisImageModel")).isEqualTo(!kind.equals("image"));
                        assertThat(context.containsBean("zeuxisEmbeddingModel")).isEqualTo(!kind.equals("embedding"));
                        assertThat(context.containsBean("zeuxisChatModel")).isEqualTo(!kind.equals("chat"));
                    });
        }
        runner.withPropertyValues("spring.ai.model.image=zeuxis")
                .run(context -> assertThat(context).hasSingleBean(ZeuxisImageModel.class));
        runner.withClassLoader(new FilteredClassLoader(ZeuxisImageModel.class))
                .run(context -> assertThat(context).doesNotHaveBean(ZeuxisEmbeddingModel.class));
    }

    @Test
    void anApplicationsOwnModelStands() {
        ZeuxisEmbeddingModel own = ZeuxisEmbeddingModel.of("nowhere");
        runner.withBean("mine", ZeuxisEmbeddingModel.class, () -> own)
                .run(context ->
                        assertThat(context).getBean(ZeuxisEmbeddingModel.class).isSameAs(own));
    }

    @Test
    void propertiesAreOptions() {
        runner.withPropertyValues(
                        "spring.ai.zeuxis.image.model=a",
                        "spring.ai.zeuxis.image.n=2",
                        "spring.ai.zeuxis.image.width=3",
                        "spring.ai.zeuxis.image.height=4",
                        "spring.ai.zeuxis.image.seed=5",
                        "spring.ai.zeuxis.image.steps=6",
                        "spring.ai.zeuxis.image.guidance=7.5",
                        "spring.ai.zeuxis.image.sampler=heun",
                        "spring.ai.zeuxis.image.negative-prompt=grey",
                        "spring.ai.zeuxis.image.strength=0.25",
                        "spring.ai.zeuxis.embedding.model=b",
                        "spring.ai.zeuxis.chat.model=c",
                        "spring.ai.zeuxis.chat.max-tokens=8",
                        "spring.ai.zeuxis.chat.stop-sequences=x,y",
                        "spring.ai.zeuxis.chat.temperature=0.5",
                        "spring.ai.zeuxis.chat.top-k=9",
                        "spring.ai.zeuxis.chat.top-p=0.75",
                        "spring.ai.zeuxis.chat.seed=10")
                .run(context -> {
                    ZeuxisImageProperties image = context.getBean(ZeuxisImageProperties.class);
                    assertThat(image.model()).isEqualTo("a");
                    assertThat(image.options())
                            .isEqualTo(new ZeuxisImageOptions(null, 2, 3, 4, 5L, 6, 7.5, "heun", "grey", 0.25));
                    assertThat(context.getBean(ZeuxisEmbeddingProperties.class).model())
                            .isEqualTo("b");
                    ZeuxisChatProperties chat = context.getBean(ZeuxisChatProperties.class);
                    assertThat(chat.model()).isEqualTo("c");
                    assertThat(context.getBean(ZeuxisChatModel.class).getOptions())
                            .isEqualTo(chat.options())
                            .isEqualTo(new ZeuxisChatOptions(null, 8, List.of("x", "y"), 0.5, 9, 0.75, 10L));
                });
    }

    @Test
    void modelsAreOpenedWhenTheyAreUsedAndClosedWithTheContext() {
        ZeuxisImageModel[] model = {null};
        runner.withPropertyValues("spring.ai.zeuxis.image.model=nowhere").run(context -> {
            model[0] = context.getBean(ZeuxisImageModel.class);
            assertThatThrownBy(() -> model[0].call(new ImagePrompt("a car")))
                    .hasMessageContaining("got nowhere, which is none of these");
        });
        assertThatThrownBy(() -> model[0].call(new ImagePrompt("a car")))
                .hasMessage("expected the model nowhere to be open, got one that is closed; make another");
    }

    @Test
    void propertiesAreDescribedForEditors() throws IOException {
        List<String> ours = new ArrayList<>();
        for (URL each : Collections.list(
                getClass().getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream in = each.openStream()) {
                String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                if (text.contains("spring.ai.zeuxis")) ours.add(text);
            }
        }
        assertThat(ours)
                .singleElement()
                .satisfies(text -> assertThat(text)
                        .contains("\"name\": \"spring.ai.zeuxis.image.negative-prompt\"")
                        .contains("What the pictures do not show.")
                        .contains("\"defaultValue\": \"pictograms\""));
    }
}

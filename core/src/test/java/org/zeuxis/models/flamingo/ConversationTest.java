package org.zeuxis.models.flamingo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.checkpoint.format.WeightsFile;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.image.Video;
import org.zeuxis.image.codec.VideoFile;
import org.zeuxis.models.lm.Choice;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/** On whole tiny folders, whose contexts are of 64 and 128 tokens. */
class ConversationTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Image PICTURE = new Image(8, 8, 3, new byte[192]);

    @TempDir
    Path copy;

    @ParameterizedTest
    @ValueSource(strings = {"tiny-open-flamingo-gpt-neox", "tiny-idefics-resampled", "tiny-idefics-instruct"})
    void eachQuestionFollowsAllBeforeIt(String name) throws IOException {
        try (FlamingoFolder model = open(GOLDEN.resolve(name))) {
            Conversation conversation = new Conversation(model, 3);
            assertThat(conversation.sees()).isFalse();
            conversation.show(PICTURE);
            assertThat(conversation.sees()).isTrue();
            List<String> told = new ArrayList<>();
            String first = conversation.ask("a?", told::add);
            assertThat(String.join("", told).strip()).isEqualTo(first);
            Dialect dialect = model.dialect();
            Prompt nothing = model.shown(List.of());
            Prompt then = dialect.answered(PICTURE, "a?", first).then(dialect.asking(nothing, "b?"));
            assertThat(conversation.prompt("b?")).isEqualTo(then);
            assertThat(conversation.ask("b?", word -> {}))
                    .isEqualTo(model.write(then, 3, List.of(), Choice.GREEDY, word -> {}));
            conversation.show(PICTURE);
            assertThat(conversation.prompt("").text()).startsWith(then.text()).contains(Prompt.MARK);
            assertThat(conversation.prompt("").media()).hasSize(2);
            conversation.forget();
            assertThat(conversation.sees()).isFalse();
            conversation.show(PICTURE);
            assertThat(conversation.prompt("a?")).isEqualTo(dialect.asking(List.of(PICTURE), "a?"));
        }
    }

    @Test
    void theOldestAreLeftOutButTheirPicturesStay() throws IOException {
        try (FlamingoFolder model = open(GOLDEN.resolve("tiny-open-flamingo-gpt-neox"))) {
            Conversation conversation = new Conversation(model, 2);
            conversation.show(PICTURE);
            List<String> answers = new ArrayList<>();
            while (conversation.leftOut() == 0) {
                answers.add(conversation.ask("q" + answers.size(), word -> {}));
                assertThat(answers).hasSizeLessThan(20);
            }
            assertThat(answers.size()).isGreaterThan(2);
            Prompt next = conversation.prompt("q?");
            assertThat(model.length(next)).isLessThanOrEqualTo(62);
            assertThat(next.text())
                    .startsWith(Prompt.MARK + "Question:q")
                    .doesNotContain("q0")
                    .contains("q?");
            assertThat(next.media()).hasSize(1);
            Prompt before = conversation.prompt("q?");
            assertThatThrownBy(() -> conversation.ask("why ".repeat(5000), word -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected a prompt of fewer than 64 tokens, got");
            assertThatThrownBy(() -> conversation.ask("what is <image>?", word -> {}))
                    .hasMessageContaining("expected one <image> in the text for each picture");
            assertThat(conversation.prompt("q?")).isEqualTo(before);
        }
    }

    @Test
    void whatWasToldOfACancelledAnswerIsKept() throws IOException {
        try (FlamingoFolder model = open(GOLDEN.resolve("tiny-open-flamingo-gpt-neox"))) {
            Conversation conversation = new Conversation(model, 8);
            conversation.show(PICTURE);
            StringBuilder told = new StringBuilder();
            assertThatThrownBy(() -> conversation.ask("a?", word -> {
                        told.append(word);
                        throw new CancellationException("stop");
                    }))
                    .isInstanceOf(CancellationException.class);
            Prompt then = model.dialect()
                    .answered(PICTURE, "a?", told.toString())
                    .then(model.dialect().asking(model.shown(List.of()), "b?"));
            assertThat(conversation.prompt("b?")).isEqualTo(then);
            assertThatThrownBy(() -> new Conversation(model, 0)).hasMessageContaining("at least 1 token, got 0");
        }
    }

    @Test
    void aVideoIsOneWhereFramesHaveEmbeddingsAndPicturesElsewhere() throws IOException {
        Path of = GOLDEN.resolve("tiny-open-flamingo-gpt-neox");
        VideoFile moving = VideoFile.open(GOLDEN.resolve("moving.gif"));
        try (FlamingoFolder pictures = open(of)) {
            assertThat(pictures.frames()).isEqualTo(8);
            Prompt shown = pictures.shown(List.of(moving.read(pictures.frames()), Video.of(PICTURE)));
            assertThat(shown.text()).isEqualTo(Prompt.MARK.repeat(6));
            assertThat(shown.media()).allMatch(frames -> frames.size() == 1).hasSize(6);
        }
        FolderCopy.of(of, copy);
        try (Weights weights = WeightsFile.of(copy.resolve("checkpoint.pt"))) {
            Map<String, Tensor> all = weights.tensors();
            String latents = weights.names().stream()
                    .filter(name -> name.endsWith("perceiver.latents"))
                    .findFirst()
                    .orElseThrow();
            long width = weights.shape(latents)[1];
            float[] times = new float[3 * (int) width];
            for (int i = 0; i < times.length; i++) times[i] = (float) Math.sin(i);
            all.put(latents.replace("latents", "frame_embs"), Tensor.of(times, 3, width));
            SafetensorsWriter.write(copy.resolve("checkpoint.safetensors"), all, Map.of("format", "pt"));
        }
        FolderCopy.set(copy.resolve("open_flamingo.json"), "checkpoint", "\"checkpoint.safetensors\"");
        try (FlamingoFolder videos = open(copy)) {
            assertThat(videos.frames()).isEqualTo(3);
            Video video = moving.read(videos.frames());
            Prompt shown = videos.shown(List.of(video, Video.of(PICTURE)));
            assertThat(shown.text()).isEqualTo(Prompt.MARK.repeat(2));
            assertThat(shown.media()).extracting(List::size).containsExactly(3, 1);
            Video backwards = new Video(List.of(
                    video.frames().get(2), video.frames().get(1), video.frames().get(0)));
            assertThat(score(videos, video)).isNotEqualTo(score(videos, backwards));
        }
    }

    private static double score(FlamingoFolder model, Video video) {
        return model.rank(model.dialect().asking(model.shown(List.of(video)), "?"), List.of("a"))
                .get(0)
                .score();
    }

    private static FlamingoFolder open(Path folder) throws IOException {
        return Models.standard().open(folder.toString(), FlamingoFolder.class, DType.FLOAT32);
    }
}

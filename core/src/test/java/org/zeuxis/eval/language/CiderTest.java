package org.zeuxis.eval.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.zeuxis.Golden;
import org.zeuxis.eval.language.Cider.Judged;

class CiderTest {
    /** The double precision of pycocoevalcap. */
    @Test
    void scoresAreThoseOfTheReference() throws IOException {
        try (Golden golden = Golden.open("cider.safetensors")) {
            Map<String, String> metadata = golden.metadata();
            ObjectMapper json = new ObjectMapper();
            JsonNode captions = json.readTree(metadata.get("captions"));
            JsonNode references = json.readTree(metadata.get("references"));
            JsonNode expected = json.readTree(metadata.get("scores"));
            List<Judged> all = new ArrayList<>();
            for (int i = 0; i < captions.size(); i++) {
                List<String> of = new ArrayList<>();
                references.get(i).forEach(each -> of.add(each.asText()));
                all.add(new Judged(captions.get(i).asText(), of));
            }
            Cider cider = Cider.of(all);
            assertThat(cider.scores()).hasSize(40);
            for (int i = 0; i < 40; i++) {
                assertThat(cider.scores().get(i))
                        .as("caption " + i)
                        .isCloseTo(expected.get(i).asDouble(), within(1e-9));
            }
            assertThat(cider.scores()).anyMatch(score -> score > 5).contains(0.0);
            double mean = Double.parseDouble(metadata.get("mean"));
            assertThat(cider.mean().mean()).isCloseTo(mean, within(1e-9));
            assertThat(cider.mean().low()).isBetween(0.0, mean);
            assertThat(cider.mean().high()).isBetween(mean, 10.0);
            Judged alone = new Judged(all.get(0).references().get(0), all.get(0).references());
            assertThat(Cider.of(List.of(alone)).scores()).containsExactly(Double.parseDouble(metadata.get("alone")));
        }
    }

    @Test
    void aPersonsOwnWordsHaveTheWholeScore() {
        Cider cider = Cider.of(List.of(
                new Judged("A red apple, on white.", List.of("a red apple on white")),
                new Judged("a cat in the rain", List.of("a cat in the rain"))));
        assertThat(cider.scores()).allSatisfy(score -> assertThat(score).isCloseTo(10, within(1e-9)));
    }

    @Test
    void nothingIsRefused() {
        assertThatThrownBy(() -> Cider.of(List.of())).hasMessage("expected at least 1 caption to judge, got none");
        assertThatThrownBy(() -> new Judged("a cat", List.of()))
                .hasMessage("expected at least 1 reference of each caption, got none");
    }
}

package org.zeuxis.models.latentdiffusion.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.models.latentdiffusion.prompt.Emphasis.Stretch;

/** The examples that AUTOMATIC1111 gives, and what it would do beside weighing. */
class EmphasisTest {
    private static Stretch s(String text, double weight) {
        return new Stretch(text, weight);
    }

    @Test
    void weighsAsItsExamplesSay() {
        assertThat(Emphasis.read("normal text")).containsExactly(s("normal text", 1));
        assertThat(Emphasis.read("an (important) word"))
                .containsExactly(s("an ", 1), s("important", 1.1), s(" word", 1));
        assertThat(Emphasis.read("(unbalanced")).containsExactly(s("unbalanced", 1.1));
        assertThat(Emphasis.read("\\(literal\\]")).containsExactly(s("(literal]", 1));
        assertThat(Emphasis.read("(unnecessary)(parens)")).containsExactly(s("unnecessaryparens", 1.1));
        List<Stretch> nested = Emphasis.read("a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).");
        assertThat(nested)
                .extracting(Stretch::text)
                .containsExactly("a ", "house", " ", "on", " a ", "hill", ", sun, ", "sky", ".");
        double[] weights = {1, 1.573, 1.1, 1, 1.1, 0.55, 1.1, 1.4641, 1.1};
        for (int i = 0; i < weights.length; i++) {
            assertThat(nested.get(i).weight()).isCloseTo(weights[i], org.assertj.core.data.Offset.offset(1e-12));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a: b", "3:1.5", "back\\slash", "a | b", "BREAK"})
    void withoutBracketsAPromptStaysAsItIs(String prompt) {
        assertThat(Emphasis.read(prompt)).containsExactly(s(prompt, 1));
    }

    @Test
    void aBracketThatClosesNothingIsALetter() {
        assertThat(Emphasis.read("a) b:1.3) c]")).containsExactly(s("a) b:1.3) c]", 1));
        assertThat(Emphasis.read("()")).isEmpty();
        assertThat(Emphasis.read("(a: +.5 )")).containsExactly(s("a", 0.5));
        assertThat(Emphasis.read("(a:b)")).containsExactly(s("a:b", 1.1));
        assertThat(Emphasis.read("x [a:1.5)")).containsExactly(s("x ", 1), s("a:1.5)", 1 / 1.1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a [cat:dog:0.5]", "[cat:10]", "[cat|dog]", "[a (b) | c]"})
    void whatWouldChangeTheWordsWhileDrawingIsRefused(String prompt) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Emphasis.read(prompt))
                .withMessageContaining("expected words alone between [ and ]")
                .withMessageContaining("write \\[ for a bracket");
    }

    @Test
    void filesAndWhatIsNoWeightAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Emphasis.read("a cat <lora:style:0.8>"))
                .withMessageContaining("got <lora:style:0.8>, which names a file; give it when the model is opened");
        for (String wrong : List.of("(a:1.2.3)", "(a:.)", "(a:99999)")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Emphasis.read(wrong))
                    .withMessageStartingWith("expected a weight such as (word:1.3), got '");
        }
    }
}

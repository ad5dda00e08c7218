package org.zeuxis.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.tensor.DType;

class ConfigTest {
    private static final String JSON = """
            {"_class_name": "UNet", "_diffusers_version": "0.42", "transformers_version": "5", "hidden_size": 64,
             "act_fn": "silu", "eps": 1e-05, "heads": 8, "channels": [32, 64], "whole": 3.0, "down": ["A", "B"],
             "flip": true, "none": null, "inner": {"width": 3}, "list": [{"a": 1}, {"a": 2}], "big": 4294967296,
             "limit": Infinity}
            """;

    @TempDir
    private Path folder;

    private final Config config = parse(JSON);

    private static Config parse(String json) {
        try {
            return Config.parse("config.json", json);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void givesEveryKindOfValue() {
        assertThat(config.integer("hidden_size")).isEqualTo(64);
        assertThat(config.integer("whole")).isEqualTo(3);
        assertThat(config.wholeNumber("big")).isEqualTo(1L << 32);
        assertThat(config.number("eps")).isEqualTo(1e-5);
        assertThat(config.number("limit")).isInfinite();
        assertThat(config.number("hidden_size")).isEqualTo(64);
        assertThat(config.text("act_fn")).isEqualTo("silu");
        assertThat(config.flag("flip")).isTrue();
        assertThat(config.integers("channels", List.of())).containsExactly(32, 64);
        assertThat(config.integers("heads", List.of())).containsExactly(8);
        assertThat(config.numbers("channels", List.of())).containsExactly(32.0, 64.0);
        assertThat(config.texts("down")).containsExactly("A", "B");
        assertThat(config.child("inner").integer("width")).isEqualTo(3);
        assertThat(config.children("list")).extracting(c -> c.integer("a")).containsExactly(1, 2);
        assertThat(config.isList("channels")).isTrue();
        assertThat(config.isList("heads")).isFalse();
    }

    @Test
    void takesTheDefaultWhereTheKeyIsAbsentOrNull() {
        assertThat(config.integer("none", 5)).isEqualTo(5);
        assertThat(config.text("nowhere", "x")).isEqualTo("x");
        assertThat(config.flag("nowhere", true)).isTrue();
        assertThat(config.number("nowhere", 2)).isEqualTo(2);
        assertThat(config.wholeNumber("nowhere", 2)).isEqualTo(2);
        assertThat(config.integers("nowhere", List.of(1))).containsExactly(1);
        assertThat(config.has("none")).isFalse();
    }

    @Test
    void saysWhichKeyIsMissingOrOfAnotherType() {
        assertThatThrownBy(() -> config.integer("hiden_size"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("config.json: expected the key hiden_size; nearest key: hidden_size");
        assertThatThrownBy(() -> config.integer("act_fn"))
                .hasMessageContaining("expected act_fn to be a whole number, got the text \"silu\"");
        assertThatThrownBy(() -> config.integer("big")).hasMessageContaining("below 2^31");
        assertThatThrownBy(() -> config.integer("eps")).hasMessageContaining("a whole number");
        assertThatThrownBy(() -> config.flag("heads")).hasMessageContaining("true or false");
        assertThatThrownBy(() -> config.child("heads")).hasMessageContaining("an object");
        assertThatThrownBy(() -> config.child("inner").text("width")).hasMessageContaining("config.json inner:");
    }

    @Test
    void refusesValuesAndKeysThatAreNotSupported() {
        config.expect("act_fn", "silu", "swish");
        config.expect("nowhere", "silu");
        config.expect("heads", 8.0);
        config.expect("flip", true);
        assertThatThrownBy(() -> config.expect("act_fn", "gelu", "relu"))
                .hasMessageContaining("expected act_fn to be gelu or relu, got silu, which is not supported");
        assertThat(config.unread()).contains("hidden_size").doesNotContain("act_fn", "_class_name", "none");
        config.keys().stream().filter(key -> !key.equals("hidden_size")).forEach(config::literal);
        assertThatThrownBy(() -> parse(JSON).refuseUnread()).hasMessageContaining("hidden_size = 64");
        config.refuseUnread("hidden_size");
    }

    @Test
    void nullIsAValueThatMustBeAskedFor() {
        config.expect("none", "null", "x");
        assertThatThrownBy(() -> config.expect("none", "x")).hasMessageContaining("expected none to be x, got null");
        assertThatThrownBy(() -> config.size("none", 3, Size.WIDTH)).hasMessageContaining("got null; check the file");
        assertThatThrownBy(() -> config.positive("none", 3)).hasMessageContaining("a number above 0, got null");
    }

    @Test
    void aSizeIsAtLeastOneAndNoLargerThanItCanBe() {
        assertThat(config.size("hidden_size", Size.WIDTH)).isEqualTo(64);
        assertThat(config.size("nowhere", 7, Size.WIDTH)).isEqualTo(7);
        assertThat(config.sizes("channels", List.of(), Size.WIDTH)).containsExactly(32, 64);
        assertThat(config.sameSize("heads", 3, Size.WIDTH)).isEqualTo(8);
        assertThatThrownBy(() -> config.sameSize("channels", 3, Size.WIDTH))
                .hasMessageContaining("expected channels to be the same everywhere");
        for (String wrong : List.of("0", "-3", "65537", "1e3", "4294967297", "\"8\"", "[8]", "true", "NaN")) {
            assertThatThrownBy(() -> parse("{\"w\": " + wrong + "}").size("w", Size.WIDTH))
                    .as(wrong)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("config.json: expected w to be a whole number from 1 to 65536, got");
        }
        assertThatThrownBy(() -> config.expectEqualParts("hidden_size", 64, "heads", 5))
                .hasMessageContaining("expected hidden_size to be a multiple of heads, got 64 and 5");
    }

    @Test
    void keysOfBookkeepingAreHarmlessInPublishedFilesAlone() {
        String json = "{\"top_k\": 50, \"_name_or_path\": \"x\"}";
        parse(json).refuseUnread(Bookkeeping.TRANSFORMERS);
        assertThatThrownBy(() -> parse(json).refuseUnread()).hasMessageContaining("got top_k = 50");
        assertThatThrownBy(() -> parse(json).refuseUnread(Bookkeeping.DIFFUSERS))
                .hasMessageContaining("top_k");
    }

    @Test
    void refusesWhatIsNoObject() {
        for (String json : List.of("", "[]", "3", "{", "{\"a\":1,\"a\":2}", "{} {}", "nonsense", "[".repeat(9999))) {
            assertThatIOException()
                    .as(json)
                    .isThrownBy(() -> Config.parse("c", json))
                    .withMessageContaining("c: expected a JSON object, got");
        }
        assertThatIOException()
                .isThrownBy(() -> Config.read(folder.resolve("config.json")))
                .withMessageContaining("no such file");
    }

    @Test
    void writesKeysInTheOrderTheyWerePutAndReadsThemBack() throws Exception {
        Map<String, Object> inner = new LinkedHashMap<>();
        inner.put("z", 1);
        inner.put("a", List.of("x", "y"));
        ConfigWriter writer = new ConfigWriter()
                .put("_class_name", "UNet")
                .put("width", 64)
                .put("eps", 1e-5f)
                .put("channels", new int[] {1, 2})
                .put("type", DType.FLOAT32)
                .put("none", null)
                .put("inner", inner)
                .put("flag", false);
        Path file = folder.resolve("deep/er/config.json");
        writer.write(file);
        assertThat(Files.readString(file)).isEqualTo("""
                {
                  "_class_name": "UNet",
                  "width": 64,
                  "eps": 1.0E-5,
                  "channels": [ 1, 2 ],
                  "type": "float32",
                  "none": null,
                  "inner": {
                    "z": 1,
                    "a": [ "x", "y" ]
                  },
                  "flag": false
                }
                """);
        assertThat(Config.read(file).number("eps")).isEqualTo(1e-5);
        assertThatThrownBy(() -> new ConfigWriter().put("x", Double.NaN).text()).hasMessageContaining("finite");
        assertThatThrownBy(() -> new ConfigWriter().put("x", new Object()).text())
                .hasMessageContaining("for .x");
    }
}

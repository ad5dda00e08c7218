package org.zeuxis.image.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.image.Image;

class PngTextTest {
    private static final Image DOT = new Image(1, 1, 3, new byte[3]);

    @Test
    void keepsTextsOfAnyScriptInTheirOrder(@TempDir Path folder) throws IOException {
        PngText text = PngText.NONE
                .with(PngText.REQUEST, "{\"seed\":42}")
                .with(PngText.PARAMETERS, "a café\nNegative prompt: blur\nSteps: 20")
                .with("Titre é", "日本語 👩‍🚀")
                .with("empty", "");
        Path file = folder.resolve("dot.png");
        ImageFile.write(file, DOT, text);
        assertThat(PngText.read(file)).isEqualTo(text);
        assertThat(PngText.read(file).entries().keySet()).containsExactly("zeuxis", "parameters", "Titre é", "empty");
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(bytes).contains("tEXtparameters\0a café\nNegative").contains("iTXtTitre é\0\0\0\0\0");
    }

    @Test
    void readsPackedTexts() throws IOException {
        byte[] packed = packed("long ".repeat(50_000));
        assertThat(PngText.of(withChunk("zTXt", "key\0\0", packed), "dot")
                        .entries()
                        .get("key"))
                .hasSize(250_000);
        assertThat(PngText.of(withChunk("iTXt", "key\0\1\0fr\0clef\0", packed("é")), "dot")
                        .entries())
                .containsEntry("key", "é"); // two bytes of UTF-8
    }

    @Test
    void refusesATextThatUnpacksWithoutEnd() {
        byte[] bomb = packed("0".repeat(20 << 20));
        assertThatThrownBy(() -> PngText.of(withChunk("zTXt", "key\0\0", bomb), "dot"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("at most 16777216 bytes, got a longer one");
        assertThatThrownBy(() -> PngText.of(withChunk("zTXt", "key\0\0", new byte[] {1, 2, 3}), "dot"))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> PngText.of(withChunk("zTXt", "key\0\0", new byte[0]), "dot"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void refusesOtherFilesAndOtherKeys() {
        assertThatThrownBy(() -> PngText.of("hello".getBytes(StandardCharsets.UTF_8), "a.txt"))
                .hasMessageContaining("a.txt: expected a PNG file, got text");
        for (String key : new String[] {"", "日本", " a", "a\nb", "k".repeat(80)}) {
            assertThatThrownBy(() -> PngText.NONE.with(key, "")).hasMessageContaining("1 to 79 printable");
        }
    }

    @Test
    void writesAndReadsTheFormOfTheWebUis() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("Steps", "20");
        settings.put("Sampler", "Euler a");
        settings.put("CFG scale", "7.5");
        settings.put("Seed", "965400086");
        settings.put("Size", "512x512");
        settings.put("Lora hashes", "cats: 1, \"dogs\": 2");
        WebUiParameters parameters = new WebUiParameters("a cat,\nvery fluffy: yes", "blurry\nlow quality", settings);
        assertThat(parameters.toText()).isEqualTo("""
                a cat,
                very fluffy: yes
                Negative prompt: blurry
                low quality
                Steps: 20, Sampler: Euler a, CFG scale: 7.5, Seed: 965400086, Size: 512x512, \
                Lora hashes: "cats: 1, \\"dogs\\": 2\"""");
        assertThat(WebUiParameters.parse(parameters.toText())).isEqualTo(parameters);
    }

    @Test
    void aTextWithoutSettingsIsAPrompt() {
        WebUiParameters parameters = WebUiParameters.parse("a red: cube, on a table\n");
        assertThat(parameters.prompt()).isEqualTo("a red: cube, on a table");
        assertThat(parameters.settings()).isEmpty();
        assertThat(parameters.toText()).isEqualTo("a red: cube, on a table");
        assertThat(WebUiParameters.parse("").prompt()).isEmpty();
    }

    private static byte[] packed(String text) {
        Deflater deflater = new Deflater();
        deflater.setInput(text.getBytes(StandardCharsets.UTF_8));
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        while (!deflater.finished()) out.write(buffer, 0, deflater.deflate(buffer));
        deflater.end();
        return out.toByteArray();
    }

    /** A PNG file with one chunk more before its end. */
    private static byte[] withChunk(String type, String start, byte[] rest) {
        byte[] dot = ImageFile.png(DOT, PngText.NONE);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes((type + start).getBytes(StandardCharsets.ISO_8859_1));
        content.writeBytes(rest);
        CRC32 crc = new CRC32();
        crc.update(content.toByteArray());
        ByteBuffer file = ByteBuffer.allocate(dot.length + content.size() + 8);
        file.put(dot, 0, dot.length - 12);
        file.putInt(content.size() - 4).put(content.toByteArray()).putInt((int) crc.getValue());
        file.put(dot, dot.length - 12, 12);
        return file.array();
    }

    @Test
    void parsesAQuotedValueOfAnyLength() {
        String value = "a, ".repeat(100_000);
        String text = new WebUiParameters("cat", "", Map.of("Of", value, "Steps", "1", "Seed", "2")).toText();
        assertThat(WebUiParameters.parse(text).settings()).containsEntry("Of", value);
        // a line of words without a colon must not be searched from each of its letters to the end
        assertThat(WebUiParameters.parse("word ".repeat(100_000)).settings()).isEmpty();
    }
}

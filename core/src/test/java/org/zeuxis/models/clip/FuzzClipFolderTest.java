package org.zeuxis.models.clip;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.Hostile;
import org.zeuxis.image.Image;
import org.zeuxis.nn.Activation;
import org.zeuxis.tensor.Scope;
import org.zeuxis.text.BytePairEncoding;
import org.zeuxis.text.ClipTokenizer;

/** Any bytes as the configuration of a small CLIP that is otherwise sound; what opens must embed. */
class FuzzClipFolderTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void save() throws IOException {
        ClipTokenizer tokenizer = new ClipTokenizer(BytePairEncoding.train(List.of("a red cat"), 520), 12, "!");
        ClipTextModel.Config text = new ClipTextModel.Config(
                tokenizer.vocabularySize(), 12, 16, 1, 2, 32, Activation.GELU, tokenizer.endId());
        ClipVisionModel.Config vision = new ClipVisionModel.Config(16, 8, 16, 1, 2, 32, Activation.GELU);
        new ClipFolder(new Clip(new Clip.Config(text, vision, 8)), tokenizer).save(folder);
    }

    @FuzzTest(maxDuration = "5m")
    void config(byte[] bytes) throws IOException {
        Files.write(folder.resolve("config.json"), bytes);
        ClipFolder[] read = new ClipFolder[1];
        String refusal = Hostile.line(folder.toString(), () -> read[0] = ClipFolder.load(folder));
        if (!refusal.isEmpty()) return;
        try (Scope scope = new Scope()) {
            read[0].embedImages(List.of(new Image(3, 2, 3, new byte[18])));
            read[0].embedTexts(List.of("a cat"));
        }
    }
}

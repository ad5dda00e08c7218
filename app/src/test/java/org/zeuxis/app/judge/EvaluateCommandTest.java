package org.zeuxis.app.judge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.app.TinyClip;
import org.zeuxis.data.format.DatasetLocation;
import org.zeuxis.data.pictogram.scene.Twins;
import org.zeuxis.eval.Proportion;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.models.clip.ImageClassifier;
import org.zeuxis.nn.Activation;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/** {@code classify}, {@code evaluate} and {@code sheet} with tiny models of random weights. */
class EvaluateCommandTest {
    @TempDir
    Path folder;

    private String clip = "";

    @BeforeEach
    void tinyClip() throws IOException {
        clip = TinyClip.save(folder.resolve("clip"), 1);
    }

    @Test
    void classifyNamesEveryPictureAndSkipsBlankAndRepeatedLabels() throws IOException {
        Path labels = Files.writeString(folder.resolve("labels.txt"), "cat\n\n dog \ncat\nfish\n");
        CommandRun run = CommandRun.of(
                "classify", picture("a"), picture("b"), "--clip", clip, "--labels-file", labels.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out().lines()).hasSize(2 * (1 + 3));
        assertThat(run.out()).contains(" %  cat", " %  dog", " %  fish");
    }

    @Test
    void classifyWritesALineOfJsonForEachPicture() throws IOException {
        CommandRun run = CommandRun.of(
                "classify",
                picture("a"),
                "--clip",
                clip,
                "--labels",
                "cat,dog",
                "--json",
                "--template",
                "a photo of a {}");
        JsonNode line = new ObjectMapper().readTree(run.out());
        assertThat(line.path("image").asText()).endsWith("a.png");
        double sum = 0;
        for (JsonNode label : line.path("labels"))
            sum += label.path("probability").asDouble();
        assertThat(sum).isBetween(0.9999, 1.0001);
    }

    @Test
    void aPictureThatCannotBeReadDoesNotLoseTheOthers() throws IOException {
        Path text = Files.writeString(folder.resolve("text.png"), "no picture");
        CommandRun run =
                CommandRun.of("classify", text.toString(), picture("a"), "--clip", clip, "--labels", "cat,dog");
        assertThat(run.err()).hasLineCount(1).contains("text.png");
        assertThat(run.out()).contains("a.png").doesNotContain("text.png");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void classifyReadsGifToo() throws IOException {
        Path gif = folder.resolve("a.gif");
        BufferedImage drawn = ImageFile.read(Path.of(picture("a"))).toBufferedImage();
        assertThat(ImageIO.write(drawn, "gif", gif.toFile())).isTrue();
        CommandRun run = CommandRun.of("classify", gif.toString(), "--clip", clip, "--labels", "cat,dog");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("a.gif", " %  dog");
    }

    @Test
    void labelsAndTemplatesAreChecked() throws IOException {
        assertThat(CommandRun.of("classify", picture("a"), "--clip", clip).code())
                .isEqualTo(2);
        Path blank = Files.writeString(folder.resolve("blank.txt"), "\n \n");
        CommandRun none = CommandRun.of("classify", picture("a"), "--clip", clip, "--labels-file", blank.toString());
        assertThat(none.err()).hasLineCount(1).contains("expected at least one label, got none");
        CommandRun bad =
                CommandRun.of("classify", picture("a"), "--clip", clip, "--labels", "x", "--template", "photo");
        assertThat(bad.err()).hasLineCount(1).contains("{} once");
        CommandRun missing = CommandRun.of("classify", picture("a"), "--clip", "no/clip", "--labels", "x");
        assertThat(missing.err()).hasLineCount(1).contains("no/clip");
    }

    @Test
    void picturesWithoutCaptionAreNoLabels() throws IOException {
        picture("a");
        Path bare = Files.createDirectories(folder.resolve("bare"));
        Files.copy(folder.resolve("a.png"), bare.resolve("1.png"));
        for (String command : List.of("zero-shot", "retrieval", "shift")) {
            CommandRun none = CommandRun.of("evaluate", command, bare.toString(), "--clip", clip);
            assertThat(none.code()).isEqualTo(1);
            assertThat(none.err())
                    .hasLineCount(1)
                    .contains("expected ")
                    .contains("got none")
                    .contains("1.png");
        }
        Files.createDirectories(bare.resolve("cat"));
        Files.copy(folder.resolve("a.png"), bare.resolve("cat/2.png"));
        CommandRun one = CommandRun.of("evaluate", "zero-shot", bare.toString(), "--clip", clip);
        assertThat(one.err())
                .contains("left out: 1.png: expected a caption or label of the picture, got none")
                .contains("expected pictures of at least 2 labels to choose among, got only of [cat]");
        assertThat(one.code()).isEqualTo(1);
    }

    @Test
    void zeroShotAndRetrievalCountAFolderOfCaptions() throws IOException {
        String pictures = captioned("cat", "dog", "fish");
        CommandRun accuracy = CommandRun.of("evaluate", "zero-shot", pictures, "--clip", clip, "--per-class");
        assertThat(accuracy.err()).isEmpty();
        assertThat(accuracy.out()).contains("pictures  3", "labels    3", "top-5     100.0 %", "fish  ");
        CommandRun retrieval = CommandRun.of("evaluate", "retrieval", pictures, "--clip", clip);
        assertThat(retrieval.out()).contains("pictures  3, texts 3", "R@5  100.0 %", "alignment ", "of texts -");
        CommandRun many = CommandRun.of("evaluate", "zero-shot", pictures, "--clip", clip, "--among", "4");
        assertThat(many.err()).hasLineCount(1).contains("--among: expected 2 to 3 labels, got 4");
        assertThat(many.code()).isEqualTo(2);
    }

    @Test
    void zeroShotDrawsConfusionsAndComparesTemplates() throws IOException {
        String pictures = captioned("cat", "dog", "fish");
        String confusion = folder.resolve("confusion.png").toString();
        CommandRun run = CommandRun.of(
                "evaluate", "zero-shot", pictures, "--clip", clip, "--confusion", confusion, "--templates");
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("bare label", "7 for pictograms", "7 for photographs", "points (", "confusion " + confusion);
        assertThat(ImageFile.read(Path.of(confusion)).width()).isGreaterThan(100);
        CommandRun own = CommandRun.of(
                "evaluate",
                "zero-shot",
                pictures,
                "--clip",
                clip,
                "--limit",
                "2",
                "--template",
                "a {}",
                "--template",
                "the {}",
                "--templates");
        assertThat(own.out())
                .contains("pictures  2", "\"the {}\"", "2 averaged")
                .doesNotContain("photo");
        CommandRun none = CommandRun.of("evaluate", "zero-shot", pictures, "--clip", clip, "--limit", "0");
        assertThat(none.err()).hasLineCount(1).contains("--limit: expected at least 1, got 0");
    }

    @Test
    void similarityDrawsCaptionsBesidePictures() throws IOException {
        String pictures = captioned("cat", "dog", "fish");
        String drawn = folder.resolve("similarity.png").toString();
        CommandRun run = CommandRun.of("evaluate", "similarity", pictures, "--clip", clip, "--count", "2", "-o", drawn);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith(drawn).contains("of 2)");
        assertThat(ImageFile.read(Path.of(drawn)).width()).isGreaterThan(2 * 76);
        CommandRun none = CommandRun.of("evaluate", "similarity", pictures, "--clip", clip, "--count", "0");
        assertThat(none.err()).hasLineCount(1).contains("--count: expected 1 to 40, got 0");
    }

    @Test
    void probeTrainsOnOneDatasetAndTestsOnAnother() throws IOException {
        String pictures = captioned("cat", "dog", "fish");
        CommandRun run = CommandRun.of("evaluate", "probe", pictures, pictures, "--clip", clip);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("16 of the CLIP's own image tower", "3 pictures of 3 labels", "of the same 3 labels")
                .contains("probe, on the test  top-1 100.0", "McNemar's p");
        CommandRun weak = CommandRun.of("evaluate", "probe", pictures, pictures, "--clip", clip, "--l2", "0");
        assertThat(weak.err()).hasLineCount(1).contains("--l2: expected over 0, got 0.0");
        CommandRun one = CommandRun.of("evaluate", "probe", pictures, pictures, "--clip", clip, "--limit", "1");
        assertThat(one.err()).hasLineCount(1).contains("at least 2 labels, got only of");
    }

    @Test
    void shiftJudgesPicturesInOtherMannersBesideASupervisedClassifier() throws IOException {
        String pictures = captioned("cat", "dog", "fish");
        String bars = folder.resolve("bars.png").toString();
        CommandRun run = CommandRun.of(
                "evaluate", "shift", pictures, pictures + "/", "--clip", clip, "--supervised", pictures, "-o", bars);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("CLIP's own image tower", "3 of them of labels", "zero-shot over supervised, as drawn  ")
                .contains("supervised  as drawn     100.0 %", "JPEG 10", "top-1 in %", bars);
        assertThat(ImageFile.read(Path.of(bars)).width()).isGreaterThan(400);
        CommandRun alone = CommandRun.of("evaluate", "shift", pictures, "--clip", clip, "--limit", "2");
        assertThat(alone.out()).contains("pictures, 2 pictures").doesNotContain("supervised");
        CommandRun only = CommandRun.of("evaluate", "shift", pictures, "--clip", clip, "--only", "vendor=noto");
        assertThat(only.err()).hasLineCount(1).contains("expected it beside --supervised, got it alone");
        CommandRun nobody = CommandRun.of(
                "evaluate", "shift", pictures, "--clip", clip, "--supervised", pictures, "--only", "vendor=noto");
        assertThat(nobody.err()).hasLineCount(1).contains("each vendor asked for, got none of noto");
    }

    @Test
    void shiftTakesASupervisedClassifierWithATowerOfItsOwn() throws IOException {
        String pictures = captioned("cat", "dog", "fish");
        Path trained = folder.resolve("tower");
        ImageClassifier.begun(
                        new ClipVisionModel.Config(16, 8, 16, 1, 2, 32, Activation.QUICK_GELU), List.of("fish", "cow"))
                .save(trained);
        CommandRun run = CommandRun.of(
                "evaluate",
                "shift",
                pictures,
                "--clip",
                clip,
                "--supervised",
                trained.toString(),
                "-o",
                folder.resolve("tower.png").toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains(
                        "an image tower of its own, trained on labels alone", "of 2 labels, the others count as wrong")
                .contains("1 of them of labels", "supervised  as drawn");
        CommandRun only = CommandRun.of(
                "evaluate", "shift", pictures, "--clip", clip, "--supervised", trained.toString(), "--only", "a=b");
        assertThat(only.code()).isEqualTo(2);
        assertThat(only.err()).hasLineCount(1).contains("it is trained already");
    }

    @Test
    void scenesAreToldFromTheirTwins() throws IOException {
        String things = things("apple", "cat", "umbrella");
        String sheet = folder.resolve("scenes.png").toString();
        CommandRun run = CommandRun.of(
                "evaluate", "scenes", things, "--clip", clip, "--count", "12", "--seed", "3", "--sheet", sheet);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        List<String> lines = run.out().lines().toList();
        assertThat(lines)
                .hasSize(8)
                .startsWith("scenes  36, each with one wrong caption")
                .endsWith(sheet);
        assertThat(ImageFile.read(Path.of(sheet)).width()).isEqualTo(12 + 6 * (192 + 12));

        ClipFolder model = ClipFolder.load(Path.of(clip), DType.FLOAT32);
        Twins twins = new Twins(DatasetLocation.open(things), 64, (1L << 40) + 3);
        int[] right = new int[3];
        for (int i = 0; i < 36; i++) {
            Twins.Pair pair = twins.pair(i);
            Tensor texts =
                    model.embedTexts(List.of(pair.one().caption(), pair.other().caption()));
            float[] cosines = model.embedImages(List.of(pair.one().image()))
                    .matmul(texts.transpose(0, 1))
                    .toFloats();
            if (cosines[0] > cosines[1]) right[i % 3]++;
        }
        String[] kinds = {"colour", "count", "place"};
        for (int i = 0; i < 3; i++) {
            assertThat(lines.get(1 + 2 * i)).startsWith(kinds[i]).endsWith("nearer  " + new Proportion(right[i], 12));
            assertThat(lines.get(2 + 2 * i)).contains("both ways").endsWith(" of 12)");
        }

        CommandRun again = CommandRun.of("evaluate", "scenes", things, "--clip", clip, "--count", "12", "--seed", "3");
        assertThat(again.out().lines().toList()).isEqualTo(lines.subList(0, 7));
        CommandRun none = CommandRun.of("evaluate", "scenes", things, "--clip", clip, "--count", "0");
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).hasLineCount(1).contains("--count: expected at least 1, got 0");
        CommandRun nameless = CommandRun.of("evaluate", "scenes", captioned("rice"), "--clip", clip);
        assertThat(nameless.code()).isEqualTo(1);
        assertThat(nameless.err()).hasLineCount(1).contains("drawings of at least two countable things");
    }

    /** A folder of squares of different colours on nothing, by their names. */
    private String things(String... names) throws IOException {
        Path drawings = Files.createDirectories(folder.resolve("things"));
        for (String name : names) {
            BufferedImage square = new BufferedImage(16, 16, BufferedImage.TYPE_INT_ARGB);
            for (int i = 0; i < 64; i++) square.setRGB(4 + i % 8, 4 + i / 8, 0xff000000 | name.hashCode());
            ImageIO.write(square, "png", drawings.resolve(name + ".png").toFile());
            Files.writeString(drawings.resolve(name + ".txt"), name);
        }
        return drawings.toString();
    }

    @Test
    void aSheetIsADatasetWhoseNeighboursAndRecognitionCanBeAsked() throws IOException {
        Path prompts = Files.writeString(folder.resolve("prompts.txt"), "a cat\na dog\n");
        String drawn = folder.resolve("drawn").toString();
        String sheet = folder.resolve("sheet.png").toString();
        CommandRun run = CommandRun.of(
                "sheet", prompts.toString(), "-o", sheet, "--each", drawn, "--model", CommandRun.TINY, "--steps", "1");
        assertThat(run).isEqualTo(new CommandRun(0, sheet + " (2 pictures, seed 0)\n", ""));
        assertThat(Path.of(drawn, "0002.txt")).hasContent("a dog");

        String near = folder.resolve("near.png").toString();
        CommandRun neighbours = CommandRun.of("evaluate", "neighbours", drawn, drawn, "--clip", clip, "-o", near);
        assertThat(neighbours).isEqualTo(new CommandRun(0, near + "\n", ""));
        assertThat(ImageFile.read(Path.of(near)).width()).isPositive();

        CommandRun wordless =
                CommandRun.of("evaluate", "neighbours", drawn, drawn, "--clip", clip, "--template", "a {}");
        assertThat(wordless.err()).contains("--template");
        assertThat(wordless.code()).isEqualTo(2);

        CommandRun recognition = CommandRun.of(
                "evaluate", "recognition", drawn, "--clip", clip, "--model", CommandRun.TINY, "--count", "1");
        assertThat(recognition.err()).isEmpty();
        assertThat(recognition.out())
                .contains(
                        "labels drawn     1 of",
                        "labels to name   2",
                        "drawn here",
                        "of 1)",
                        "CLIPScore ",
                        "; 1 pictures)");

        CommandRun none = CommandRun.of("evaluate", "recognition", drawn, "--clip", clip, "--only", "subgroup=a,b,a");
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).hasLineCount(1).contains("each subgroup asked for, got none of a, b");
        for (String wrong : List.of("subgroup", "=a", "subgroup=", "subgroup=a,")) {
            CommandRun refused = CommandRun.of("evaluate", "recognition", drawn, "--clip", clip, "--only", wrong);
            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.err()).hasLineCount(1).contains("expected NAME=VALUE", "got " + wrong);
        }
    }

    @Test
    void picturesAreDrawnAtEachGuidanceAndThresholding() throws IOException {
        String drawings = things("cat", "dog");
        String imagen = CommandRun.GOLDEN.resolve("tiny-if").toString();
        CommandRun run = CommandRun.of(
                "evaluate",
                "guidance",
                drawings,
                "--clip",
                clip,
                "--model",
                imagen,
                "--steps",
                "2",
                "--scales",
                "1,15",
                "--thresholding",
                "static,none",
                "--count",
                "2");
        assertThat(run.err()).isEmpty();
        List<String> lines = run.out().lines().toList();
        assertThat(lines.get(0)).contains("4 of 2 labels, beside 2 real ones");
        assertThat(lines.subList(2, 6).stream().map(line -> line.substring(0, 21)))
                .containsExactly(
                        "static            1.0",
                        "static           15.0",
                        "none              1.0",
                        "none             15.0");
        assertThat(lines.get(3).substring(21))
                .isNotEqualTo(lines.get(5).substring(21)); // guided beyond black and white

        CommandRun latent = CommandRun.of(
                "evaluate",
                "guidance",
                drawings,
                "--clip",
                clip,
                "--model",
                CommandRun.TINY,
                "--thresholding",
                "static");
        assertThat(latent.code()).isEqualTo(2);
        assertThat(latent.err()).hasLineCount(1).contains("--thresholding: expected an Imagen");
    }

    @Test
    void convertHalvesAModel() {
        String half = folder.resolve("half").toString();
        CommandRun run = CommandRun.of("convert", CommandRun.TINY, half, "--dtype", "bfloat16");
        assertThat(run.out()).startsWith(half + " (");
        CommandRun again = CommandRun.of("convert", CommandRun.TINY, half, "--dtype", "bfloat16");
        assertThat(again.err()).hasLineCount(1).contains("already exists");
        CommandRun other = CommandRun.of("convert", CommandRun.TINY, half + "2", "--dtype", "int4");
        assertThat(other.err()).hasLineCount(1).contains("got int4");
        assertThat(other.code()).isEqualTo(2);
    }

    private String picture(String name) throws IOException {
        byte[] samples = new byte[20 * 24 * 3];
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) (name.hashCode() * 97 + i * 31);
        Path file = folder.resolve(name + ".png");
        ImageFile.write(file, new Image(20, 24, 3, samples));
        return file.toString();
    }

    private String captioned(String... captions) throws IOException {
        Path pictures = Files.createDirectories(folder.resolve("pictures"));
        for (String caption : captions) {
            Files.move(Path.of(picture(caption)), pictures.resolve(caption + ".png"));
            Files.writeString(pictures.resolve(caption + ".txt"), caption);
        }
        return pictures.toString();
    }
}

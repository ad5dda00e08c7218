package org.zeuxis.app.search.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.imageio.ImageIO;
import org.apache.lucene.index.IndexWriter;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.app.TinyClip;
import org.zeuxis.app.search.Hnsw;
import org.zeuxis.app.search.IndexFolder;
import org.zeuxis.app.search.Indexing;
import org.zeuxis.app.search.IndexingSummary;
import org.zeuxis.app.search.PictureScan;
import org.zeuxis.app.search.SearchClip;
import org.zeuxis.hub.Hub;
import org.zeuxis.hub.Models;
import org.zeuxis.hub.client.HubSettings;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.tensor.DType;

/** {@code search} with a tiny CLIP of random weights. */
class SearchCommandTest {
    private static final String NONE = "0 new, 0 changed, 0 unchanged, 0 dropped, 0 unreadable";

    @TempDir
    Path folder;

    private Path pictures = Path.of("");
    private String index = "";
    private String clip = "";

    @BeforeEach
    void makeFolders() throws IOException {
        pictures = Files.createDirectories(folder.resolve("pictures"));
        index = folder.resolve("index").toString();
        clip = TinyClip.save(folder.resolve("clip"), 1);
    }

    @Test
    void aPictureFindsItselfFirst() throws IOException {
        for (int i = 0; i < 12; i++) picture("deep/er/p" + i + ".png", i);
        assertIndexed("12 new, 0 changed, 0 unchanged, 0 dropped, 0 unreadable");
        for (int i = 0; i < 12; i++) {
            String file = pictures.resolve("deep/er/p" + i + ".png").toString();
            CommandRun found = CommandRun.of("search", "find", index, "--image", file, "--top", "3");
            assertThat(found.err()).isEmpty();
            assertThat(found.out().lines()).hasSize(3);
            assertThat(found.out().lines().findFirst().orElse(""))
                    .startsWith(" 1.000  ")
                    .endsWith("er/p" + i + ".png");
        }
    }

    @Test
    void picturesArePreparedOnceAlsoWhereTwiceWouldBeAnotherPicture() throws IOException {
        Files.writeString(Path.of(clip, "preprocessor_config.json"), "{\"size\": 24, \"crop_size\": 16}");
        for (int i = 0; i < 4; i++) picture("p" + i + ".png", i);
        assertIndexed("4 new");
        String file = pictures.resolve("p2.png").toString();
        assertThat(CommandRun.of("search", "find", index, "--image", file, "--top", "1")
                        .out())
                .startsWith(" 1.000  ")
                .endsWith("p2.png\n");
    }

    @Test
    void aTextIsAnsweredInDescendingOrderAsJson() throws IOException {
        for (int i = 0; i < 5; i++) picture("p" + i + ".png", i);
        assertIndexed("5 new");
        CommandRun found =
                CommandRun.of("search", "find", index, "a red car", "--json", "--top", "9", "--dtype", "float32");
        List<JsonNode> lines = new ArrayList<>();
        for (String line : found.out().lines().toList()) lines.add(new ObjectMapper().readTree(line));
        assertThat(lines).hasSize(5);
        assertThat(lines.stream().map(line -> line.path("path").asText())).doesNotHaveDuplicates();
        assertThat(lines.stream().map(line -> -line.path("score").asDouble())).isSorted();
        assertThat(lines).allMatch(line -> Math.abs(line.path("score").asDouble()) <= 1.0001);
        assertThat(lines.get(0).path("score").asDouble()).isEqualTo(expected("a red car"), within());
    }

    @Test
    void onlyWhatIsNewOrChangedIsEmbedded() throws IOException {
        picture("a.png", 1);
        picture("b.png", 2);
        assertIndexed("2 new, 0 changed, 0 unchanged");
        assertIndexed("0 new, 0 changed, 2 unchanged, 0 dropped");

        picture("b.png", 3);
        picture("c.png", 4);
        touch("b.png", 5);
        assertIndexed("1 new, 1 changed, 1 unchanged, 0 dropped");
        assertFirst("b.png", "b.png");

        touch("c.png", 7);
        assertIndexed("0 new, 0 changed, 3 unchanged, 0 dropped, 0 unreadable\n");

        Files.delete(pictures.resolve("a.png"));
        assertIndexed("0 new, 0 changed, 2 unchanged, 1 dropped");
        assertThat(CommandRun.of("search", "find", index, "x", "--top", "99").out())
                .hasLineCount(2)
                .doesNotContain("a.png");
    }

    @Test
    void aMovedOrCopiedPictureTakesTheVectorOfItsContent() throws IOException {
        picture("a.png", 1);
        picture("b.png", 2);
        assertIndexed("2 new");
        Files.createDirectories(pictures.resolve("sub"));
        Files.move(pictures.resolve("a.png"), pictures.resolve("sub/moved.png"));
        Files.copy(pictures.resolve("b.png"), pictures.resolve("copy.png"));
        assertIndexed("2 new, 0 changed, 1 unchanged, 1 dropped, 0 unreadable; 2 were known by their content");
        assertFirst("sub/moved.png", "moved.png");
    }

    @Test
    void aFolderThatWasMovedIsKnownAndAnotherIsRefused() throws IOException {
        picture("a.png", 1);
        assertIndexed("1 new");
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.copy(pictures.resolve("a.png"), other.resolve("z.png"));
        CommandRun refused = CommandRun.of("search", "index", other.toString(), "--into", index);
        assertThat(refused.err()).hasLineCount(1).contains("expected the folder whose pictures it has", "other");
        Files.move(pictures, folder.resolve("elsewhere"));
        pictures = folder.resolve("elsewhere");
        assertIndexed("0 new, 0 changed, 1 unchanged, 0 dropped");
        assertFirst("a.png", "a.png");
        Files.delete(pictures.resolve("a.png"));
        CommandRun empty = CommandRun.of("search", "index", pictures.toString(), "--into", index);
        assertThat(empty.err()).hasLineCount(1).contains("expected pictures, found none");
    }

    @Test
    void duplicatesAreGroupedWhetherExactOrNear() throws IOException {
        Image shared = picture("a.png", 1);
        Files.copy(pictures.resolve("a.png"), pictures.resolve("b.png"));
        byte[] nearly = shared.samples().clone();
        nearly[0] ^= 1;
        ImageFile.write(pictures.resolve("near.png"), new Image(shared.width(), shared.height(), 3, nearly));
        assertIndexed("3 new");
        assertThat(CommandRun.of("search", "duplicates", index, "--above", "0.9999")
                        .out())
                .contains("the same:\n  a.png\n  b.png\n", "  a.png\n  b.png\n  near.png\n")
                .endsWith("1 groups of the same, 1 of pictures alike\n");

        Files.delete(pictures.resolve("b.png"));
        Files.delete(pictures.resolve("near.png"));
        assertIndexed("2 dropped");
        assertThat(CommandRun.of("search", "duplicates", index).out())
                .isEqualTo("0 groups of the same, 0 of pictures alike\n");
        assertThat(CommandRun.of("search", "duplicates", index, "--above", "2").code())
                .isEqualTo(2);
    }

    @Test
    void corruptFilesAreNamedSkippedAndRemembered() throws IOException {
        picture("good.png", 1);
        Files.writeString(pictures.resolve("text.png"), "no picture");
        Files.createFile(pictures.resolve("empty.jpg"));
        byte[] huge = Files.readAllBytes(pictures.resolve("good.png"));
        for (int i = 16; i < 24; i++) huge[i] = 0x7f; // IHDR's width and height
        Files.write(pictures.resolve("huge.png"), huge);
        Files.writeString(pictures.resolve("cut.gif"), "GIF89a");

        CommandRun first = index();
        assertThat(first.code()).isZero();
        assertThat(first.err()).hasLineCount(4).contains("text.png: ", "empty.jpg: ", "huge.png: ", "cut.gif: ");
        assertThat(first.out()).contains("1 new, 0 changed, 0 unchanged, 0 dropped, 4 unreadable");
        CommandRun second = index();
        assertThat(second.err()).isEmpty();
        assertThat(second.out()).contains("0 new, 0 changed, 1 unchanged, 0 dropped, 4 unreadable");
        CommandRun retried = index("--retry");
        assertThat(retried.err()).hasLineCount(4);

        picture("text.png", 9);
        assertIndexed("0 new, 1 changed, 1 unchanged, 0 dropped, 3 unreadable");
        assertFirst("text.png", "text.png");
    }

    @Test
    void gifAndBmpAreReadToo() throws IOException {
        BufferedImage drawn = picture("a.png", 1).toBufferedImage();
        assertThat(ImageIO.write(drawn, "bmp", pictures.resolve("b.bmp").toFile()))
                .isTrue();
        assertThat(ImageIO.write(drawn, "gif", pictures.resolve("c.gif").toFile()))
                .isTrue();
        picture("d.png", 2);
        assertIndexed("4 new, 0 changed, 0 unchanged, 0 dropped, 0 unreadable");
        CommandRun found = CommandRun.of("search", "duplicates", index, "--above", "0.99999");
        assertThat(found.out()).contains("  a.png\n  b.bmp\n").endsWith("0 groups of the same, 1 of pictures alike\n");
    }

    @Test
    void anotherModelIsRefusedByNameAndTheRightOneNeedsNoName() throws IOException {
        picture("a.png", 1);
        assertIndexed("1 new");
        String other = TinyClip.save(folder.resolve("other"), 2);
        for (CommandRun run : List.of(
                CommandRun.of("search", "find", index, "x", "--clip", other),
                CommandRun.of("search", "index", pictures.toString(), "--into", index, "--clip", other))) {
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err())
                    .hasLineCount(1)
                    .contains(other, "; pass --clip " + Path.of(clip).toRealPath());
        }
        assertThat(CommandRun.of("search", "find", index, "x").out()).contains("a.png");
        TinyClip.save(folder.resolve("clip"), 3);
        assertThat(CommandRun.of("search", "find", index, "x").err())
                .hasLineCount(1)
                .contains("its weights have changed since");
    }

    @Test
    void aModelOfTheHubIsNamedAndRemembered() throws IOException {
        picture("a.png", 1);
        String commit = "0123456789abcdef0123456789abcdef01234567";
        Path cached = folder.resolve("hub/models--some-org--clip");
        TinyClip.save(cached.resolve("snapshots").resolve(commit), 1);
        Files.createDirectories(cached.resolve("refs"));
        Files.writeString(cached.resolve("refs/main"), commit);
        Supplier<Hub> hub = () -> Hub.of(
                HubSettings.of(Map.of("HF_HUB_CACHE", folder.resolve("hub").toString(), "HF_HUB_OFFLINE", "1")));
        CommandRun made =
                CommandRun.of(hub, "search", "index", pictures.toString(), "--into", index, "--clip", "some-org/clip");
        assertThat(made.err()).isEmpty();
        assertThat(made.out()).contains("1 new");
        assertThat(CommandRun.of(hub, "search", "find", index, "x").out()).contains("a.png");
    }

    @Test
    void anIndexThatIsBeingWrittenIsReadAndNotWritten() throws IOException {
        picture("a.png", 1);
        assertIndexed("1 new");
        picture("b.png", 2);
        IndexWriter writing = IndexFolder.writer(Path.of(index), Hnsw.STANDARD);
        CommandRun refused = index();
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).hasLineCount(1).contains("another process is writing it");
        assertFirst("a.png", "a.png");
        writing.rollback();
        assertIndexed("1 new, 0 changed, 1 unchanged");
    }

    @Test
    void aKilledRunGoesOnAfterItsLastCommit() throws IOException {
        for (int i = 0; i < 10; i++) picture("p" + i + ".png", i);
        Indexing.Pace pace = new Indexing.Pace(2, 4, Duration.ofHours(1), false);
        assertThatThrownBy(() -> run(pace, seen -> {
                    if (seen == 7) throw new IllegalStateException("killed");
                }))
                .hasMessage("killed");
        assertThat(CommandRun.of("search", "find", index, "x", "--top", "99").out())
                .hasLineCount(4);
        assertThat(run(pace, seen -> {})).hasToString("6 new, 0 changed, 4 unchanged, 0 dropped, 0 unreadable");
        assertThat(CommandRun.of("search", "find", index, "x", "--top", "99").out())
                .hasLineCount(10);
    }

    @Test
    void aStoppedRunKeepsWhatItEmbedded() throws IOException {
        for (int i = 0; i < 10; i++) picture("p" + i + ".png", i);
        Indexing.Pace pace = new Indexing.Pace(2, 100, Duration.ofHours(1), false);
        assertThatThrownBy(() -> run(pace, seen -> {
                    if (seen == 7) throw new CancellationException("stopped");
                }))
                .isInstanceOf(CancellationException.class)
                .hasMessageContaining("6 pictures more are in the index");
        assertIndexed("4 new, 0 changed, 6 unchanged, 0 dropped");
    }

    @Test
    void aPageShowsThumbnailsAndEscapesHostileNames() throws IOException {
        String hostile = "<img src=x onerror=alert(1)>&\"'.png";
        picture(hostile, 1);
        picture("gone.png", 2);
        assertIndexed("2 new");
        Files.delete(pictures.resolve("gone.png"));
        Path page = folder.resolve("out/page.html");
        CommandRun run = CommandRun.of("search", "find", index, "<script>x</script>", "--html", page.toString());
        assertThat(run.err()).isEmpty();
        String html = Files.readString(page);
        CommandRun again = CommandRun.of("search", "find", index, "x", "--html", page.toString());
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).hasLineCount(1).contains("--html " + page + ": already exists; pass --force");
        assertThat(page).hasContent(html);
        assertThat(CommandRun.of("search", "find", index, "x", "--html", page.toString(), "--force")
                        .code())
                .isZero();
        assertThat(page).content().contains("<title>x</title>");
        assertThat(html)
                .contains("&lt;img src=x onerror=alert(1)&gt;&amp;&quot;&#39;.png")
                .contains("<title>&lt;script&gt;x&lt;/script&gt;</title>")
                .contains("src=\"data:image/jpeg;base64,/9j/")
                .contains("no longer there", "prefers-color-scheme: dark", "width=device-width")
                .doesNotContain("<script", "<img src=x", "http://", "https://");
    }

    @Test
    void mistakesGetOneLine() throws IOException {
        picture("a.png", 1);
        String here = pictures.toString();
        assertLine(1, "no/dir: expected a folder of pictures", "index", "no/dir", "--into", index, "--clip", clip);
        assertLine(1, "with a.png; name a folder of its own", "index", here, "--into", here, "--clip", clip);
        assertLine(2, "--into", "index", here);
        assertLine(1, "expected the folder of an index, got nothing", "find", index, "x");
        assertLine(1, "expected an index, got a folder without one", "find", here, "x");
        assertIndexed("1 new");
        assertLine(2, "expected a text or --image FILE, got neither", "find", index);
        assertLine(2, "got both", "find", index, "x", "--image", here);
        assertLine(2, "--top: expected at least 1, got 0", "find", index, "x", "--top", "0");
        assertLine(1, "there is no such file", "find", index, "--image", "no.png");
        assertLine(2, "expected what to do");
    }

    @Test
    void anEmptyFolderMakesAnEmptyIndex() {
        assertIndexed(NONE);
        CommandRun found = CommandRun.of("search", "find", index, "x");
        assertThat(found.code()).isEqualTo(1);
        assertThat(found.err())
                .hasLineCount(1)
                .contains(index + ": expected pictures in the index, got none that can be read in ");
    }

    @Test
    void anIndexThatWasStoppedEarlySaysSo() throws IOException {
        for (int i = 0; i < 10; i++) picture("p" + i + ".png", i);
        Indexing.Pace pace = new Indexing.Pace(2, 4, Duration.ofHours(1), false);
        assertThatThrownBy(() -> run(pace, seen -> {
                    throw new IllegalStateException("killed");
                }))
                .hasMessage("killed");
        for (String command : List.of("find", "duplicates")) {
            CommandRun none = command.equals("find")
                    ? CommandRun.of("search", "find", index, "x")
                    : CommandRun.of("search", "duplicates", index);
            assertThat(none.code()).isEqualTo(1);
            assertThat(none.err())
                    .hasLineCount(1)
                    .contains(
                            "got none, as it was stopped before the first of them were done; run 'zeuxis search index "
                                    + pictures.toRealPath() + " --into " + index + "'");
        }
        assertThatThrownBy(() -> run(pace, seen -> {
                    if (seen == 7) throw new IllegalStateException("killed");
                }))
                .hasMessage("killed");
        CommandRun some = CommandRun.of("search", "find", index, "x", "--top", "99");
        assertThat(some.out()).hasLineCount(4);
        assertThat(some.err())
                .hasLineCount(1)
                .contains("is not finished, so that pictures may be missing; to go on, run");
        assertIndexed("6 new");
        assertThat(CommandRun.of("search", "find", index, "x").err()).isEmpty();
    }

    @Test
    void luceneAdvisesNobody() {
        assertIndexed(NONE);
        Logger vectors = Logger.getLogger("org.apache.lucene.internal.vectorization.VectorizationProvider");
        assertThat(vectors.isLoggable(Level.WARNING)).isFalse();
    }

    private static void assertLine(int code, String part, String... arguments) {
        List<String> all = new ArrayList<>(List.of("search"));
        all.addAll(List.of(arguments));
        CommandRun run = CommandRun.of(all.toArray(String[]::new));
        assertThat(run.err()).hasLineCount(1).contains(part);
        assertThat(run.code()).isEqualTo(code);
    }

    private void assertFirst(String path, String end) {
        CommandRun found = CommandRun.of(
                "search", "find", index, "--image", pictures.resolve(path).toString());
        assertThat(found.err()).isEmpty();
        assertThat(found.out().lines().findFirst().orElse(""))
                .startsWith(" 1.000  ")
                .endsWith(end);
    }

    private void assertIndexed(String summary) {
        CommandRun run = index();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains(summary);
        assertThat(run.code()).isZero();
    }

    private CommandRun index(String... more) {
        List<String> all = new ArrayList<>(
                List.of("search", "index", pictures.toString(), "--into", index, "--clip", clip, "--dtype", "float32"));
        all.addAll(List.of(more));
        return CommandRun.of(all.toArray(String[]::new));
    }

    private IndexingSummary run(Indexing.Pace pace, LongConsumer done) throws IOException {
        Path model = Path.of(clip).toRealPath();
        return Indexing.run(
                SearchClip.open(Models.standard().find(model.toString(), ClipFolder.class), DType.FLOAT32),
                PictureScan.of(pictures),
                Path.of(index),
                pace,
                done);
    }

    /** The best cosine as the model itself has it. */
    private double expected(String text) throws IOException {
        ClipFolder model = ClipFolder.load(Path.of(clip), DType.FLOAT32);
        float[] wanted = model.embedTexts(List.of(text)).toFloats();
        double best = -1;
        for (int i = 0; i < 5; i++) {
            Image image = ImageFile.read(pictures.resolve("p" + i + ".png"));
            float[] seen = model.embedImages(List.of(image)).toFloats();
            double sum = 0;
            for (int j = 0; j < seen.length; j++) sum += seen[j] * wanted[j];
            best = Math.max(best, sum);
        }
        return best;
    }

    private static Offset<Double> within() {
        return Offset.offset(1e-5);
    }

    private void touch(String path, int seconds) throws IOException {
        Files.setLastModifiedTime(
                pictures.resolve(path), FileTime.fromMillis(System.currentTimeMillis() + seconds * 1000L));
    }

    /** Large blocks of colour, so that different ones look different to any model. */
    private Image picture(String path, int seed) throws IOException {
        Random random = new Random(seed);
        byte[] samples = new byte[32 * 24 * 3];
        byte[] blocks = new byte[4 * 3 * 3];
        random.nextBytes(blocks);
        for (int y = 0; y < 24; y++) {
            for (int x = 0; x < 32; x++) {
                for (int c = 0; c < 3; c++) {
                    samples[(y * 32 + x) * 3 + c] = blocks[(y / 8 * 4 + x / 8) * 3 + c];
                }
            }
        }
        Image image = new Image(32, 24, 3, samples);
        Files.createDirectories(pictures.resolve(path).getParent());
        ImageFile.write(pictures.resolve(path), image);
        return image;
    }
}

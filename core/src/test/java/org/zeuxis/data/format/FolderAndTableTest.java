package org.zeuxis.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.data.Captioned;
import org.zeuxis.data.Drawn;
import org.zeuxis.data.Problem;
import org.zeuxis.data.series.Batches;
import org.zeuxis.data.series.Presentation;

class FolderAndTableTest {
    @TempDir
    Path temporary;

    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectories(temporary.resolve("dataset"));
    }

    @Test
    void captions_lie_beside_pictures() throws IOException {
        picture("b.png", 2);
        picture("a.PNG", 1);
        text("a.txt", "\uFEFFfirst\n\n second \n");
        text("b.caption", "other");
        picture("lonely.png", 3);
        picture(".hidden/c.png", 4);
        ImageFolder dataset = ImageFolder.open(folder);
        assertThat(dataset.size()).isEqualTo(2);
        assertThat(dataset.get(0).key()).isEqualTo("a.PNG");
        assertThat(dataset.get(0).captions()).containsExactly("first", "second");
        assertThat(dataset.get(1).image().sample(0, 0, 0)).isEqualTo(2);
        assertThat(dataset.problems()).extracting(Problem::key).containsExactly("lonely.png");
    }

    @Test
    void without_captions_folders_are_classes() throws IOException {
        picture("tabby_cat/1.png", 1);
        picture("deep/dog/1.png", 2);
        ImageFolder dataset = ImageFolder.open(folder);
        assertThat(dataset.get(0).caption()).isEqualTo("dog");
        assertThat(dataset.get(1).caption()).isEqualTo("tabby cat");
        assertThat(dataset.get(1).value("class", "")).isEqualTo("tabby_cat");
    }

    @Test
    void a_damaged_picture_is_named_once() throws IOException {
        text("a/broken.png", "no picture");
        assertThatThrownBy(() -> ImageFolder.open(folder).get(0))
                .isInstanceOf(IOException.class)
                .hasMessageMatching(".*broken\\.png: expected a PNG, JPEG or WebP picture.*")
                .message()
                .containsOnlyOnce("broken.png");
        Path table = text("t.csv", "image,caption\na/broken.png,x\n");
        assertThatThrownBy(() -> CaptionTable.open(table).get(0)).message().containsOnlyOnce("broken.png");
    }

    @Test
    void locations_that_are_no_dataset_say_what_is_there() throws IOException {
        assertThatThrownBy(() -> DatasetLocation.open(folder.toString()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(DatasetLocation.EXPECTED)
                .hasMessageContaining("it is empty");
        assertThatThrownBy(
                        () -> DatasetLocation.open(temporary.resolve("datasett").toString()))
                .hasMessageContaining("there is no such file or folder; did you mean dataset?");
        assertThatThrownBy(() ->
                        DatasetLocation.open(temporary.resolve("quite/another").toString()))
                .hasMessageContaining("has nothing named 'quite'");
        text("notes.md", "hello");
        assertThatThrownBy(() -> DatasetLocation.open(folder.toString())).hasMessageContaining("it has notes.md");
        assertThatThrownBy(() -> DatasetLocation.open(folder.resolve("notes.md").toString()))
                .hasMessageContaining("got a file 'notes.md'");
    }

    @Test
    void opens_whatever_is_there() throws IOException {
        picture("a/1.png", 1);
        assertThat(DatasetLocation.open(folder.toString())).isInstanceOf(ImageFolder.class);
        text("metadata.csv", "file_name,text\na/1.png,one\n");
        assertThat(DatasetLocation.open(folder.toString())).isInstanceOf(CaptionTable.class);
        Path shards = folder.resolve("shards");
        Drawn.shards(shards, 2, 1);
        assertThat(DatasetLocation.open(shards.toString())).isInstanceOf(WebDataset.class);
        assertThat(DatasetLocation.open(shards + "/part-{00000..00001}.tar").size())
                .isEqualTo(2);
    }

    @Test
    void csv_rows_of_one_picture_are_its_captions() throws IOException {
        picture("img/1.png", 1);
        Path table = text(
                "t.csv",
                "\uFEFFimage,caption,source\r\nimg/1.png,\"a cat, \"\"the\"\" cat\r\non a mat\",web\r\n"
                        + "./img/1.png,second,book\nimg/1.png,second,book\n");
        CaptionTable dataset = CaptionTable.open(table);
        assertThat(dataset.size()).isEqualTo(1);
        assertThat(dataset.get(0).captions()).containsExactly("a cat, \"the\" cat\r\non a mat", "second");
        assertThat(dataset.get(0).value("source", "")).isEqualTo("web");
        assertThat(dataset.get(0).key()).isEqualTo("img/1.png");
    }

    @Test
    void paths_must_stay_within_the_folder() throws IOException {
        Path outside = temporary.resolve("secret.png");
        Files.write(outside, Drawn.png(9));
        picture("ok.png", 1);
        Path table = text(
                "t.csv",
                "image,caption\n../secret.png,a\n" + outside + ",b\nimg/../../secret.png,c\n"
                        + "img/../ok.png,fine\n,d\n.,e\n");
        CaptionTable dataset = CaptionTable.open(table);
        assertThat(dataset.size()).isEqualTo(1);
        assertThat(dataset.get(0).key()).isEqualTo("ok.png");
        assertThat(dataset.problems()).hasSize(5).extracting(Problem::key).contains("line 2", "line 3", "line 4");
        assertThat(dataset.problems().get(0).reason())
                .contains("expected a path within")
                .contains("../secret.png");
    }

    @Test
    void links_must_stay_within_the_folder() throws IOException {
        Path outside = temporary.resolve("secret.png");
        Files.write(outside, Drawn.png(9));
        Files.createSymbolicLink(folder.resolve("link.png"), outside);
        CaptionTable dataset = CaptionTable.open(text("t.csv", "image,caption\nlink.png,a\n"));
        assertThatThrownBy(() -> dataset.get(0)).hasMessageContaining("a link out of it");
    }

    @Test
    void jsonl_and_tsv_are_read() throws IOException {
        picture("1.png", 1);
        CaptionTable json = CaptionTable.open(
                text(
                        "t.jsonl",
                        "{\"file_name\": \"1.png\", \"text\": [\"a\", \"b\"], \"n\": 3}\n\nnot json\n[1]\n{\"text\": \"no image\"}\n"));
        assertThat(json.get(0).captions()).containsExactly("a", "b");
        assertThat(json.get(0).value("n", "")).isEqualTo("3");
        assertThat(json.problems()).hasSize(3);
        assertThat(CaptionTable.open(text("t.tsv", "path\tcaption\n1.png\ta, b\n"))
                        .get(0)
                        .caption())
                .isEqualTo("a, b");
    }

    @Test
    void tables_that_cannot_be_used_say_why() throws IOException {
        assertThatThrownBy(() -> CaptionTable.open(text("a.csv", "x,y\n1,2\n")))
                .hasMessageContaining("expected a column with the picture's path (image, file_name")
                .hasMessageContaining("got [x, y]");
        assertThatThrownBy(() -> CaptionTable.open(text("b.csv", "")))
                .hasMessageContaining("expected rows of a picture and its caption, found none");
        assertThatThrownBy(() -> CaptionTable.open(text("c.csv", "image,caption\n../x.png,a\n")))
                .hasMessageContaining("none of its 1 rows can be used");
        assertThatThrownBy(() -> CaptionTable.open(text("d.csv", "image,caption\n\"1.png,a\n")))
                .hasMessageContaining("expected a closing quote");
        assertThatThrownBy(() -> CaptionTable.open(text("e.csv", "image,caption\n1.png\n")))
                .hasMessageContaining("expected 2 cells, got 1");
        Path latin = folder.resolve("f.csv");
        Files.write(latin, "image,caption\n1.png,gr\u00fc\u00df\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> CaptionTable.open(latin)).hasMessageContaining("expected UTF-8");
        picture("1.png", 1);
        Path table = text("g.csv", "image,caption,x\n1.png,a,b\n");
        assertThat(CaptionTable.open(table, "image", "x").get(0).caption()).isEqualTo("b");
        assertThatThrownBy(() -> CaptionTable.open(table, "picture", null)).hasMessageContaining("a column 'picture'");
    }

    @Test
    void a_missing_picture_is_replaced() throws IOException {
        picture("1.png", 1);
        CaptionTable dataset = CaptionTable.open(text("t.csv", "image,caption\ngone.png,a\n1.png,b\n"));
        Batches batches = Batches.shuffled(dataset, 2, 1, Presentation.AS_IS);
        assertThat(batches.at(0).captions()).containsExactly("b", "b");
        assertThat(batches.problems())
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.reason()).contains("gone.png: expected a picture, there is no such file"));
    }

    @Test
    void tables_of_any_separator_and_of_windows_are_read() throws IOException {
        picture("img/1.png", 1);
        for (String separator : new String[] {"\t", ";", "|", ","}) {
            CaptionTable table = CaptionTable.open(
                    text("t.csv", "filepath|title|n\r\nimg\\1.png|\"a, b; c\"|3\r\n".replace("|", separator)));
            assertThat(table.get(0).captions()).containsExactly("a, b; c");
            assertThat(table.captions(0)).containsExactly("a, b; c");
            assertThat(table.get(0).value("n", "")).isEqualTo("3");
        }
    }

    @Test
    void whole_paths_within_the_folder_are_read() throws IOException {
        picture("1.png", 1);
        Path link = Files.createSymbolicLink(temporary.resolve("link"), folder);
        CaptionTable table = CaptionTable.open(
                text("t.csv", "path,text\n" + folder.resolve("1.png") + ",a\n" + link.resolve("1.png") + ",b\n"));
        assertThat(table.problems()).isEmpty();
        assertThat(table.get(0).key()).isEqualTo("1.png");
        assertThat(table.get(0).captions()).containsExactly("a", "b");
        CaptionTable linked = CaptionTable.open(link.resolve("t.csv"));
        assertThat(linked.get(0).captions()).containsExactly("a", "b");
        assertThat(CaptionTable.open(text("u.csv", "path,text\nhttps://a.org/1.png,a\n1.png,b\n"))
                        .problems())
                .singleElement()
                .satisfies(p -> assertThat(p.reason()).contains("got 'https://a.org/1.png'; download it"));
    }

    @Test
    void a_column_that_is_there_twice_is_refused() throws IOException {
        assertThatThrownBy(() -> CaptionTable.open(text("t.csv", "image,caption,caption\n1.png,a,b\n")))
                .hasMessageContaining("t.csv: expected columns of different names, got 'caption' twice");
        assertThatThrownBy(() -> CaptionTable.open(text("u.csv", "image,caption\n1.png,a\n2.png,\"b\n")))
                .hasMessageContaining("u.csv: line 3: expected a closing quote");
    }

    /** Letters of a file that end a line, or that a terminal obeys, reach no message. */
    @Test
    void names_with_control_characters_are_refused_in_one_line() throws IOException {
        picture("good.png", 1);
        Path table = text("t.csv", "image,caption\ngood.png,x\n\"a\nb\u001b[2J.png\",y\n");
        CaptionTable read = CaptionTable.open(table);
        assertThat(read.size()).isEqualTo(1);
        assertThat(Problem.counted(read.problems()))
                .containsExactly("line 3: expected the path of a picture, got 'a b [2J.png' with control characters;"
                        + " rename the file");
        Path header = text("h.csv", "\"a\nb\",\"c\u001b\"\n1,2\n");
        assertThatThrownBy(() -> CaptionTable.open(header)).hasMessageContaining("got [a b, c ]; rename it");
        Path twice = text("w.csv", "\"a\nb\",\"a\nb\"\n1,2\n");
        assertThatThrownBy(() -> CaptionTable.open(twice)).hasMessageContaining("got 'a b' twice");
        assertThat(new Problem("a\nb", "is \u001b[31mred")).hasToString("a b: is  [31mred");
    }

    @Test
    void null_captions_are_no_captions() throws IOException {
        picture("1.png", 1);
        assertThatThrownBy(() -> CaptionTable.open(text("t.jsonl", "{\"file_name\":\"1.png\",\"text\":null}\n")))
                .hasMessageContaining("expected a column with the caption");
        CaptionTable some = CaptionTable.open(text(
                "u.jsonl",
                "\uFEFF{\"file_name\":\"1.png\",\"text\":null}\n{\"file_name\":\"2.png\",\"text\":\"b\"}\n"));
        assertThat(some.get(0).label()).isEmpty();
        assertThatThrownBy(() -> new Captioned(some).get(0)).hasMessageContaining("expected a caption or label");
    }

    @Test
    void of_two_tables_none_is_chosen() throws IOException {
        picture("a/1.png", 1);
        text("captions.csv", "image,caption\na/1.png,one\n");
        text("metadata.jsonl", "{\"file_name\":\"a/1.png\",\"text\":\"other\"}\n");
        assertThatThrownBy(() -> DatasetLocation.open(folder.toString()))
                .hasMessageContaining("got captions.csv and metadata.jsonl; name the one to use");
        assertThat(DatasetLocation.open(folder.resolve("captions.csv").toString())
                        .captions(0))
                .containsExactly("one");
        Drawn.shards(folder.resolve("train"), 1, 1);
        assertThatThrownBy(() -> DatasetLocation.open(folder.toString()))
                .hasMessageEndingWith("such as " + folder.resolve("captions.csv") + ", or " + folder.resolve("train"));
        Files.delete(folder.resolve("metadata.jsonl"));
        Drawn.shards(folder, 1, 1);
        assertThatThrownBy(() -> DatasetLocation.open(folder.toString()))
                .hasMessageContaining("got captions.csv and part-00000.tar");
    }

    @Test
    void folder_names_are_no_captions_where_a_file_may_have_them() throws IOException {
        picture("train/1.png", 1);
        for (String name : new String[] {
            "train/metadata.jsonl",
            "train/labels.CSV",
            "x/y.tar",
            "metadata.parquet",
            "captions.txt",
            "a/Annotations.json"
        }) {
            Path file = text(name, "x");
            assertThatThrownBy(() -> DatasetLocation.open(folder.toString())).hasMessageContaining("got " + name);
            Files.delete(file);
        }
        text("train/classes.txt", "x");
        ImageFolder dataset = (ImageFolder) DatasetLocation.open(folder.toString());
        assertThat(dataset.labelledByFolders()).isTrue();
        assertThat(dataset.captions(0)).containsExactly("train");
    }

    @Test
    void captions_of_another_encoding_are_refused_by_name() throws IOException {
        picture("a.png", 1);
        picture("b.png", 2);
        picture("c.png", 3);
        Files.write(folder.resolve("a.txt"), "grün".getBytes(StandardCharsets.ISO_8859_1));
        Files.write(folder.resolve("b.txt"), "blau".getBytes(StandardCharsets.UTF_16));
        Files.write(folder.resolve("c.txt"), "rot".getBytes(StandardCharsets.UTF_16LE));
        ImageFolder dataset = ImageFolder.open(folder);
        assertThatThrownBy(() -> dataset.get(0))
                .hasMessageContaining("a.txt: expected UTF-8, got another encoding; convert it, such as by iconv");
        assertThatThrownBy(() -> dataset.captions(1)).hasMessageContaining("b.txt: expected UTF-8, got UTF-16");
        assertThatThrownBy(() -> dataset.get(2)).hasMessageContaining("c.txt: expected UTF-8, got zero bytes");
    }

    @Test
    void captions_are_found_by_any_usual_name() throws IOException {
        picture("a.JPG", 1);
        text("a.TXT", "one");
        picture("b.png", 2);
        text("b.png.txt", "two");
        picture("c.png", 3);
        text("c.json", "{\"caption\": \"three\", \"tags\": [\"x\"]}");
        picture("d.png", 3);
        text("d.text", "four");
        text("._e.png", "resource fork");
        text("f.gif", "x");
        Files.createSymbolicLink(folder.resolve("g.png"), folder.resolve("gone.png"));
        ImageFolder dataset = ImageFolder.open(folder);
        assertThat(dataset.captions(0)).containsExactly("one");
        assertThat(dataset.captions(1)).containsExactly("two");
        assertThat(dataset.captions(2)).containsExactly("three");
        assertThat(dataset.get(2).values("tags")).containsExactly("x");
        assertThat(dataset.captions(3)).containsExactly("four");
        assertThat(dataset.size()).isEqualTo(4);
        assertThat(dataset.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "f.gif: is .gif, not .png, .jpg or .webp; convert it",
                        "g.png: is a link to a file that is not there");
    }

    @Test
    void linked_folders_are_read_and_loops_refused() throws IOException {
        picture("cats/1.png", 1);
        Path link = Files.createSymbolicLink(temporary.resolve("link"), folder);
        assertThat(DatasetLocation.open(link.toString()).captions(0)).containsExactly("cats");
        Files.createSymbolicLink(folder.resolve("cats/again"), folder);
        assertThatThrownBy(() -> DatasetLocation.open(folder.toString()))
                .hasMessageContaining("got a link to a folder above");
    }

    @Test
    void problems_are_counted_by_reason() {
        assertThat(Problem.counted(java.util.List.of(
                        new Problem("b.gif", "is .gif"),
                        new Problem("a/1.png", "/d/a/1.png: is cut at byte 3"),
                        new Problem("a/2.png", "/d/a/2.png: is cut at byte 77"))))
                .containsExactly("2 alike, the first a/1.png: /d/a/1.png: is cut at byte 3", "b.gif: is .gif");
    }

    private void picture(String name, int red) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        Files.write(path, Drawn.png(red));
    }

    private Path text(String name, String text) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }
}

package org.zeuxis.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    void a_damaged_picture_is_named() throws IOException {
        text("a/broken.png", "no picture");
        assertThatThrownBy(() -> ImageFolder.open(folder).get(0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken.png");
    }

    @Test
    void locations_that_are_no_dataset_say_what_is_there() throws IOException {
        assertThatThrownBy(() -> Dataset.open(folder.toString()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(DatasetLocation.EXPECTED)
                .hasMessageContaining("it is empty");
        assertThatThrownBy(() -> Dataset.open(temporary.resolve("datasett").toString()))
                .hasMessageContaining("there is no such file or folder; did you mean dataset?");
        assertThatThrownBy(() -> Dataset.open(temporary.resolve("quite/another").toString()))
                .hasMessageContaining("has nothing named 'quite'");
        text("notes.md", "hello");
        assertThatThrownBy(() -> Dataset.open(folder.toString())).hasMessageContaining("it has notes.md");
        assertThatThrownBy(() -> Dataset.open(folder.resolve("notes.md").toString()))
                .hasMessageContaining("got a file 'notes.md'");
    }

    @Test
    void opens_whatever_is_there() throws IOException {
        picture("a/1.png", 1);
        assertThat(Dataset.open(folder.toString())).isInstanceOf(ImageFolder.class);
        text("metadata.csv", "file_name,text\na/1.png,one\n");
        assertThat(Dataset.open(folder.toString())).isInstanceOf(CaptionTable.class);
        Path shards = folder.resolve("shards");
        Drawn.shards(shards, 2, 1);
        assertThat(Dataset.open(shards.toString())).isInstanceOf(WebDataset.class);
        assertThat(Dataset.open(shards + "/part-{00000..00001}.tar").size()).isEqualTo(2);
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

package org.zeuxis.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.hub.client.ModelName;

/** Names of models, links where the system has none. */
class HubNamesTest {

    @Test
    void nameHasARevisionOrMeansMain() {
        assertThat(ModelName.of("openai/clip-vit-base-patch32"))
                .isEqualTo(new ModelName("openai", "clip-vit-base-patch32", "main"))
                .hasToString("openai/clip-vit-base-patch32");
        assertThat(ModelName.of("a/b.c_d@refs/pr/1"))
                .isEqualTo(new ModelName("a", "b.c_d", "refs/pr/1"))
                .hasToString("a/b.c_d@refs/pr/1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "pictograms",
                "a/b/c",
                "/a",
                "a/",
                "./a",
                "../a",
                "~/a",
                "a/..",
                "a/b--c",
                "a/b..c",
                "a/.b",
                "a/b.",
                "a b/c",
                "a/b@",
                "a/b@../c",
                "a/b@c/",
                "a/b@/c",
                "a/b@c//d",
                "a/b@c/.d",
                "a/b@c@d",
                "C:\\a/b",
                "a\\b/c",
                "a/b\n",
                "a/b?x=1"
            })
    void whatIsNoNameIsRefused(String text) {
        assertThat(ModelName.matches(text)).isFalse();
        assertThatThrownBy(() -> ModelName.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("expected the name of a model such as organization/name");
    }

    @Test
    void filesAreLinkedHardOrCopiedWhereThereAreNoSymbolicLinks(@TempDir Path folder) throws IOException {
        Path blob = Files.writeString(folder.resolve("blob"), "content");
        HubCache.Link none = (from, to) -> {
            throw new UnsupportedOperationException("no links here");
        };
        HubCache.Link forbidden = (from, to) -> {
            throw new FileSystemException(to.toString(), null, "a required privilege is not held by the client");
        };
        Path hard = folder.resolve("a/hard");
        HubCache.link(blob, hard, List.of(forbidden, HubCache.LINKS.get(1), HubCache.LINKS.get(2)));
        assertThat(Files.isSymbolicLink(hard)).isFalse();
        assertThat(Files.isSameFile(hard, blob)).isTrue();
        Path copy = folder.resolve("a/copy");
        HubCache.link(blob, copy, List.of(forbidden, none, HubCache.LINKS.get(2)));
        assertThat(Files.isSameFile(copy, blob)).isFalse();
        assertThat(copy).hasContent("content");
        assertThatThrownBy(() -> HubCache.link(blob, folder.resolve("b"), List.of(none, forbidden)))
                .hasMessageContaining("privilege");
    }

    @Test
    void linkToAContentThatWasRemovedIsMadeAnew(@TempDir Path folder) throws IOException {
        Path link = folder.resolve("link");
        Files.createSymbolicLink(link, Path.of("gone"));
        HubCache.link(Files.writeString(folder.resolve("blob"), "content"), link);
        assertThat(link).hasContent("content");
    }
}

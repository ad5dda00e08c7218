package org.zeuxis.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(OS.WINDOWS)
final class HomeFolderTest {
    @Test
    void homeCountsBeforeTheListOfUsers() {
        assertThat(HomeFolder.of(Map.of("HOME", "/srv/someone"))).isEqualTo(Path.of("/srv/someone"));
        assertThat(HomeFolder.of(Map.of())).isEqualTo(Path.of(System.getProperty("user.home")));
        assertThat(HomeFolder.of(Map.of("HOME", " "))).isEqualTo(Path.of(System.getProperty("user.home")));
    }

    @Test
    void aUserWithoutAHomeHasTheFolderForTemporaryFiles() {
        String before = System.getProperty("user.home");
        try {
            // what Java says of a user whom the list of users lacks
            System.setProperty("user.home", "?");
            assertThat(HomeFolder.of(Map.of())).isEqualTo(Path.of(System.getProperty("java.io.tmpdir")));
            assertThat(HomeFolder.of(Map.of("HOME", "/srv/someone"))).isEqualTo(Path.of("/srv/someone"));
        } finally {
            System.setProperty("user.home", before);
        }
    }
}

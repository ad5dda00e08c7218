package org.zeuxis.data.pictogram;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.Draws;

class InventedNamesTest {
    @Test
    void whatIsCalledTheSameHasTheSameNameAndNothingElseHasIt() {
        Set<String> all = new HashSet<>();
        for (int seed = 0; seed < 200; seed++) {
            List<String> names = InventedNames.of(List.of("cat", "dog", "cat", "bus"), Draws.at(seed, 0));
            assertThat(names.get(2)).isEqualTo(names.get(0));
            assertThat(new HashSet<>(names)).hasSize(3).doesNotContain("cat", "dog", "bus");
            assertThat(names).allMatch(name -> name.matches("[a-z]{2,15}"));
            all.addAll(names);
        }
        assertThat(all).hasSizeGreaterThan(500);
        assertThat(InventedNames.of(List.of("cat"), Draws.at(3, 0)))
                .isEqualTo(InventedNames.of(List.of("cat"), Draws.at(3, 0)));
    }
}

package org.zeuxis.app;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The packages of the command line and the server; those of the library have theirs in core. */
class ArchitectureTest {
    @Test
    void packagesFormNoCycle() {
        assertThat(cycles("org.zeuxis.app.planted", new ClassFileImporter().importPackages("org.zeuxis.app.planted")))
                .as("planted")
                .isNotEmpty();
        JavaClasses code = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("org.zeuxis.app");
        assertThat(code).isNotEmpty();
        assertThat(cycles("org.zeuxis.app", code)).isEmpty();
    }

    private static List<String> cycles(String root, JavaClasses classes) {
        String parent = root.substring(0, root.lastIndexOf('.'));
        return slices().matching(parent + ".(**)")
                .should()
                .beFreeOfCycles()
                .evaluate(classes)
                .getFailureReport()
                .getDetails();
    }
}

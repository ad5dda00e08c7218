package org.zeuxis;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Keeps the rules of the house. Each test first sees its rule catch a fault planted in {@code org.zeuxis.planted}, then
 * holds the rule against the code.
 *
 * <p>What no class file shows is kept elsewhere: that child names are checkpoint keys by the parity tests, which load
 * published names without a map.
 */
class ArchitectureTest {
    private static final JavaClasses CODE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.zeuxis");
    private static final JavaClasses FAULTS = new ClassFileImporter().importPackages("org.zeuxis.planted");

    private static final int LONG_FILE = 400;

    /** Files allowed to be longer, with their own limit: one type that has all of LibTorch's operations. */
    private static final Map<String, Integer> LONGER = Map.of("Tensor.java", 900);

    private static final int FULL_FOLDER = 20;

    /** The package whose classes share LibTorch's own tensors, which none may show: they cannot be told apart. */
    private static final Map<String, Integer> FULLER = Map.of("org/zeuxis/tensor", 28);

    @Test
    void packagesKnowOnlyTheFloorsBelow() {
        keeps(HouseRules::floors, "tensor.KnowsAHigherFloor", "attic.StandsOnNoFloor");
    }

    @Test
    void packagesFormNoCycle() {
        keeps(HouseRules::noCycles, "text.Serpent");
    }

    @Test
    void trunksKnowNoOtherModel() {
        keeps(HouseRules::trunksKnowNoOtherModel, "models.nfnet.KnowsAnEncoder");
    }

    @Test
    void encodersKnowNoOtherModel() {
        keeps(HouseRules::encodersKnowNoOtherModel, "models.clip.KnowsASystem");
    }

    @Test
    void systemsKnowNoOtherSystem() {
        keeps(HouseRules::systemsKnowNoOtherSystem, "models.imagen.KnowsAnotherSystem");
    }

    @Test
    void everyModelIsAnEncoderOrASystem() {
        keeps(HouseRules::modelsAreEncodersOrSystems, "models.novelty.Unheard");
    }

    @Test
    void onlyTensorSeesLibTorch() {
        keeps(HouseRules::onlyTensorSeesLibTorch, "nn.SeesLibTorch");
    }

    @Test
    void filmsSeeFFmpegAlone() {
        keeps(HouseRules::filmsSeeFFmpegAlone, "image.film.SeesLibTorch");
    }

    @Test
    void tensorNeverShowsLibTorch() {
        keeps(HouseRules::tensorNeverShowsLibTorch, "tensor.ShowsLibTorch");
    }

    @Test
    void modelsNeverReadFiles() {
        keeps(HouseRules::modelsNeverReadFiles, "models.clip.ReadsAFile", "unet.OpensAStream");
    }

    @Test
    void checkpointNeverKnowsAModel() {
        keeps(HouseRules::checkpointNeverKnowsAModel, "checkpoint.KnowsAModel");
    }

    @Test
    void dataNeverKnowsAModel() {
        keeps(HouseRules::dataNeverKnowsAModel, "data.KnowsAModel");
    }

    @Test
    void samplersNeverKnowWhatTheNetworkPredicts() {
        keeps(HouseRules::samplersNeverKnowWhatTheNetworkPredicts, "diffusion.sampler.AsksWhatIsPredicted");
    }

    @Test
    void diffusionNeverKnowsANetwork() {
        keeps(HouseRules::diffusionNeverKnowsANetwork, "diffusion.sampler.HoldsALayer");
    }

    @Test
    void samplersRememberNothing() {
        keeps(HouseRules::samplersRememberNothing, "diffusion.sampler.CountsItsCalls");
    }

    @Test
    void guidanceWrapsADenoiser() {
        keeps(HouseRules::guidanceWrapsADenoiser, "diffusion.WrapsNothing");
    }

    @Test
    void forwardNeverFreesMemory() {
        keeps(HouseRules::forwardNeverFreesMemory, "nn.FreesMemory", "models.imagen.FreesMemoryToo");
    }

    @Test
    void modelsChangeNothingInPlace() {
        keeps(HouseRules::modelsChangeNothingInPlace, "nn.OverwritesItsInput");
    }

    @Test
    void loadedModelsGiveTheirMemoryBack() {
        keeps(HouseRules::loadedModelsGiveTheirMemoryBack, "models.clip.KeepsItsMemory");
    }

    @Test
    void nobodyPrints() {
        keeps(HouseRules::nobodyPrints, "train.Prints", "train.PrintsAStackTrace");
    }

    @Test
    void namesSayWhatThingsAre() {
        keeps(HouseRules::noEmptyNames, "image.PixelUtils", "image.AbstractPicture", "util.Scissors");
    }

    @Test
    void everyClassIsARecordAFinalClassOrAnInterface() {
        keeps(HouseRules::closedClasses, "image.AbstractPicture", "image.Open");
    }

    @Test
    void jsonStaysInside() {
        keeps(HouseRules::jsonStaysInside, "checkpoint.ShowsJson");
    }

    @Test
    void valuesAreNamedWithoutGetAndSet() {
        keeps(HouseRules::noGettersNorSetters, "image.Gets");
    }

    @Test
    void filesAreShort(@TempDir Path planted) throws IOException {
        Files.write(planted.resolve("Long.java"), Collections.nCopies(LONG_FILE + 1, "//"));
        Files.write(planted.resolve("Short.java"), Collections.nCopies(LONG_FILE, "//"));
        assertThat(longFiles(planted)).containsExactly("Long.java: " + (LONG_FILE + 1) + " lines");
        List<Path> sources = sources();
        assertThat(sources).isNotEmpty();
        for (Path folder : sources)
            assertThat(longFiles(folder)).as(folder.toString()).isEmpty();
    }

    @Test
    void foldersAreSmall(@TempDir Path planted) throws IOException {
        for (String folder : List.of("full", "fuller")) {
            Files.createDirectory(planted.resolve(folder));
            int files = FULL_FOLDER + (folder.equals("full") ? 0 : 1);
            for (int i = 0; i < files; i++)
                Files.createFile(planted.resolve(folder).resolve("C" + i + ".java"));
        }
        assertThat(fullFolders(planted)).containsExactly("fuller: " + (FULL_FOLDER + 1) + " files");
        for (Path folder : sources())
            assertThat(fullFolders(folder)).as(folder.toString()).isEmpty();
    }

    /** {@code rule} catches the planted {@code faults} and finds none in the code. */
    private static void keeps(Function<HouseRules, ArchRule> rule, String... faults) {
        List<String> caught = violations(rule.apply(new HouseRules("org.zeuxis.planted")), FAULTS);
        for (String fault : faults) {
            assertThat(caught).as("planted").anyMatch(v -> v.contains("org.zeuxis.planted." + fault));
        }
        assertThat(violations(rule.apply(new HouseRules("org.zeuxis")), CODE)).isEmpty();
    }

    private static List<String> violations(ArchRule rule, JavaClasses classes) {
        return rule.allowEmptyShould(true).evaluate(classes).getFailureReport().getDetails();
    }

    /** The source folder of every module. */
    private static List<Path> sources() throws IOException {
        try (Stream<Path> modules = Files.list(Path.of("..").toRealPath())) {
            return modules.map(m -> m.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .sorted()
                    .toList();
        }
    }

    private static List<String> longFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(f -> f.toString().endsWith(".java"))
                    .filter(f -> lines(f) > LONGER.getOrDefault(f.getFileName().toString(), LONG_FILE))
                    .map(f -> f.getFileName() + ": " + lines(f) + " lines")
                    .sorted()
                    .toList();
        }
    }

    private static List<String> fullFolders(Path source) throws IOException {
        try (Stream<Path> files = Files.walk(source)) {
            Map<String, Long> counts = files.filter(f -> f.toString().endsWith(".java"))
                    .collect(Collectors.groupingBy(
                            f -> source.relativize(f.getParent()).toString().replace('\\', '/'),
                            TreeMap::new,
                            Collectors.counting()));
            return counts.entrySet().stream()
                    .filter(e -> e.getValue() > FULLER.getOrDefault(e.getKey(), FULL_FOLDER))
                    .map(e -> e.getKey() + ": " + e.getValue() + " files")
                    .toList();
        }
    }

    private static int lines(Path file) {
        try {
            return Files.readAllLines(file).size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package org.zeuxis;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Network;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.attention.KvCache;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Scope;

/**
 * The rules of the house for the packages below {@code root}: {@code org.zeuxis}, or the planted faults.
 *
 * @see <a href="../../../../../../ARCHITECTURE.md">ARCHITECTURE.md</a>
 */
record HouseRules(String root) {
    /** From the ground up: a package knows only those before it. */
    static final List<String> FLOORS = List.of(
            "machine",
            "file",
            "tensor",
            "nn",
            "text",
            "image",
            "config",
            "checkpoint",
            "diffusion",
            "unet",
            "models",
            "hub",
            "data",
            "train",
            "chart",
            "eval");

    /** Networks that encoders see with; they know no other model. */
    static final List<String> TRUNKS = List.of("nfnet");

    /** Models that know no other model but trunks. */
    static final List<String> ENCODERS = List.of("clip", "t5", "minilm", "lm", "inception");

    /** Models made of encoders; none knows another. */
    static final List<String> SYSTEMS = List.of("latentdiffusion", "unclip", "imagen", "flamingo");

    private static final Set<String> EMPTY_WORDS = Set.of(
            "Util",
            "Utils",
            "Utility",
            "Utilities",
            "Common",
            "Commons",
            "Helper",
            "Helpers",
            "Misc",
            "Manager",
            "Managers",
            "Impl",
            "Base",
            "Abstract");

    // PNDM's caller says what of the past it extrapolates, and a Parameterization is the word for that
    private static final Set<String> EXTRAPOLATES = Set.of("PndmSampler", "PlmsSampler", "PseudoSteps");

    ArchRule floors() {
        return classes().should(condition("know only the floors below", (from, events) -> {
            int here = floor(from);
            if (here < 0) {
                report(events, from, from.getName() + " stands on no floor: " + FLOORS);
                return;
            }
            from.getDirectDependenciesFromSelf().forEach(d -> {
                JavaClass to = d.getTargetClass().getBaseComponentType();
                if (floor(to) > here) report(events, from, d.getDescription());
            });
        }));
    }

    ArchRule noCycles() {
        return slices().matching(root + ".(**)").should().beFreeOfCycles();
    }

    ArchRule trunksKnowNoOtherModel() {
        return classes()
                .that(resideInAnyPackage(models(TRUNKS)))
                .should(knowNoModelOf(Stream.of(TRUNKS, ENCODERS, SYSTEMS)
                        .flatMap(List::stream)
                        .toList()));
    }

    ArchRule encodersKnowNoOtherModel() {
        return classes()
                .that(resideInAnyPackage(models(ENCODERS)))
                .should(knowNoModelOf(
                        Stream.concat(ENCODERS.stream(), SYSTEMS.stream()).toList()));
    }

    ArchRule systemsKnowNoOtherSystem() {
        return classes().that(resideInAnyPackage(models(SYSTEMS))).should(knowNoModelOf(SYSTEMS));
    }

    ArchRule modelsAreEncodersOrSystems() {
        return classes()
                .that(resideInAnyPackage(in("models.*")))
                .should()
                .resideInAnyPackage(Stream.of(TRUNKS, ENCODERS, SYSTEMS)
                        .map(this::models)
                        .flatMap(Stream::of)
                        .toArray(String[]::new));
    }

    ArchRule onlyTensorSeesLibTorch() {
        return noClasses()
                .that()
                .resideOutsideOfPackages(root + ".tensor..", root + ".image.film")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.bytedeco..");
    }

    ArchRule filmsSeeFFmpegAlone() {
        return noClasses()
                .that()
                .resideInAPackage(root + ".image.film")
                .should()
                .dependOnClassesThat(resideInAPackage("org.bytedeco..")
                        .and(not(resideInAnyPackage("org.bytedeco.ffmpeg..", "org.bytedeco.javacpp"))));
    }

    ArchRule tensorNeverShowsLibTorch() {
        return classes().should(neverShow("org.bytedeco"));
    }

    ArchRule modelsNeverReadFiles() {
        DescribedPredicate<JavaClass> file = describe(
                "files",
                c -> Stream.of("java.io", "java.nio.file", "java.nio.channels")
                                .anyMatch(p -> c.getPackageName().startsWith(p))
                        // to name a folder, and to be told that it could not be read, is not to read it
                        && !c.isEquivalentTo(Path.class)
                        && !c.isAssignableTo(Exception.class));
        return noClasses()
                .that()
                .resideInAnyPackage(in("nn", "diffusion", "unet", "models"))
                .should()
                .dependOnClassesThat(file);
    }

    ArchRule checkpointNeverKnowsAModel() {
        return noClasses()
                .that()
                .resideInAPackage(root + ".checkpoint..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(in("models", "unet", "diffusion"));
    }

    ArchRule dataNeverKnowsAModel() {
        return noClasses()
                .that()
                .resideInAPackage(root + ".data..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(in("nn", "checkpoint", "diffusion", "unet", "models", "hub"));
    }

    ArchRule samplersNeverKnowWhatTheNetworkPredicts() {
        return noClasses()
                .that()
                .resideInAPackage(root + ".diffusion.sampler..")
                .and(describe("are not PNDM or its parts", c -> !EXTRAPOLATES.contains(c.getSimpleName())))
                .should()
                .dependOnClassesThat(type(Network.class).or(type(Parameterization.class)));
    }

    ArchRule diffusionNeverKnowsANetwork() {
        return noClasses()
                .that()
                .resideInAPackage(root + ".diffusion..")
                .should()
                .dependOnClassesThat(assignableTo(Module.class).or(resideInAnyPackage(in("nn", "unet", "models"))));
    }

    ArchRule samplersRememberNothing() {
        return fields().that()
                .areDeclaredInClassesThat()
                .resideInAPackage(root + ".diffusion.sampler..")
                .should()
                .beFinal();
    }

    ArchRule guidanceWrapsADenoiser() {
        return classes()
                .that()
                .resideInAPackage(root + ".diffusion..")
                .and()
                .areNotInterfaces()
                .and()
                .implement(Denoiser.class)
                .should(condition("wrap a Denoiser", (c, events) -> {
                    if (c.getFields().stream().noneMatch(f -> f.getRawType().isEquivalentTo(Denoiser.class))) {
                        report(events, c, c.getName() + " wraps no Denoiser");
                    }
                }));
    }

    ArchRule forwardNeverFreesMemory() {
        return noClasses()
                .that(assignableTo(Module.class).or(resideInAnyPackage(in("nn", "unet"))))
                .should()
                .dependOnClassesThat(type(Scope.class));
    }

    ArchRule modelsChangeNothingInPlace() {
        return classes()
                .that(resideInAnyPackage(in("nn", "diffusion", "unet", "models"))
                        .and(describe(
                                "are not Module or KvCache",
                                c -> !c.isEquivalentTo(Module.class) && !c.isEquivalentTo(KvCache.class))))
                .should(condition(
                        "change no tensor in place while they compute",
                        (c, events) -> c.getMethodCallsFromSelf().forEach(call -> {
                            // between steps, a model may bring a parameter back into its bounds
                            boolean clamps = call.getOrigin().getName().startsWith("clamp");
                            if (call.getTargetOwner().isEquivalentTo(InPlace.class) && !clamps) {
                                report(events, c, call.getDescription());
                            }
                        })));
    }

    ArchRule loadedModelsGiveTheirMemoryBack() {
        return classes().that(resideInAnyPackage(in("models"))).should(condition("be AutoCloseable", (c, events) -> {
            boolean loaded = c.getMethods().stream()
                    .filter(m -> m.getName().equals("load") && visible(m.getModifiers()))
                    .anyMatch(m -> m.getRawReturnType().equals(c));
            if (loaded && !c.isAssignableTo(AutoCloseable.class)) {
                report(events, c, c.getName() + " is loaded and cannot be closed");
            }
        }));
    }

    ArchRule nobodyPrints() {
        return noClasses()
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethodWhere(describe(
                        "prints a stack trace",
                        call -> call.getName().equals("printStackTrace")
                                && call.getTarget().getRawParameterTypes().isEmpty()));
    }

    ArchRule noEmptyNames() {
        return classes().should(condition("be named for what they are", (c, events) -> {
            List<String> words = new ArrayList<>(List.of(c.getSimpleName().split("(?<=[a-z0-9])(?=[A-Z])")));
            for (String part : c.getPackageName().split("\\.")) {
                if (!part.isEmpty()) words.add(Character.toUpperCase(part.charAt(0)) + part.substring(1));
            }
            words.retainAll(EMPTY_WORDS);
            if (!words.isEmpty()) report(events, c, c.getName() + " says nothing by " + words);
        }));
    }

    ArchRule closedClasses() {
        return classes().should(condition("be a record, an interface, an enum or a final class", (c, events) -> {
            boolean open = !c.isRecord()
                    && !c.isInterface()
                    && !c.isEnum()
                    && !c.isAnonymousClass()
                    && !c.getModifiers().contains(JavaModifier.FINAL);
            if (open && !c.isEquivalentTo(Module.class)) report(events, c, c.getName() + " can be extended");
        }));
    }

    ArchRule jsonStaysInside() {
        return classes().should(neverShow("com.fasterxml"));
    }

    ArchRule noGettersNorSetters() {
        return classes()
                .should(condition(
                        "name values, not access",
                        (c, events) -> c.getMethods().stream()
                                .filter(m -> m.getName().matches("[gs]et[A-Z].*"))
                                .filter(m -> m.getModifiers().contains(JavaModifier.PUBLIC))
                                .filter(m -> !m.getModifiers().contains(JavaModifier.STATIC))
                                .forEach(m -> report(events, c, m.getFullName() + " is a getter or setter"))));
    }

    private ArchCondition<JavaClass> knowNoModelOf(List<String> names) {
        return condition("know none of " + names + " but their own package", (from, events) -> {
            String own = model(from);
            from.getDirectDependenciesFromSelf().forEach(d -> {
                String other = model(d.getTargetClass().getBaseComponentType());
                if (names.contains(other) && !other.equals(own)) report(events, from, d.getDescription());
            });
        });
    }

    /** Every type in the public and protected members of public classes, type arguments and exceptions included. */
    private static ArchCondition<JavaClass> neverShow(String hidden) {
        return condition("show no " + hidden + " to their users", (c, events) -> {
            if (!visible(c)) return;
            List<JavaType> shown = new ArrayList<>();
            c.getSuperclass().ifPresent(shown::add);
            shown.addAll(c.getInterfaces());
            for (JavaField f : c.getFields()) if (visible(f.getModifiers())) shown.add(f.getType());
            for (JavaCodeUnit m : c.getCodeUnits()) {
                if (!visible(m.getModifiers()) || m.getModifiers().contains(JavaModifier.SYNTHETIC)) continue;
                shown.add(m.getReturnType());
                shown.addAll(m.getParameterTypes());
                shown.addAll(m.getExceptionTypes());
            }
            shown.stream()
                    .flatMap(t -> t.getAllInvolvedRawTypes().stream())
                    .filter(t -> t.getPackageName().startsWith(hidden))
                    .forEach(t -> report(events, c, c.getName() + " shows " + t.getName()));
        });
    }

    private static boolean visible(JavaClass c) {
        return visible(c.getModifiers())
                && c.getEnclosingClass().map(HouseRules::visible).orElse(true);
    }

    private static boolean visible(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private int floor(JavaClass c) {
        return FLOORS.indexOf(part(c.getPackageName(), root + "."));
    }

    private String model(JavaClass c) {
        return part(c.getPackageName(), root + ".models.");
    }

    private static String part(String name, String prefix) {
        return name.startsWith(prefix) ? name.substring(prefix.length()).split("\\.")[0] : "";
    }

    private String[] models(List<String> names) {
        return names.stream().map(n -> root + ".models." + n + "..").toArray(String[]::new);
    }

    private String[] in(String... packages) {
        return Stream.of(packages).map(p -> root + "." + p + "..").toArray(String[]::new);
    }

    private static ArchCondition<JavaClass> condition(String text, BiConsumer<JavaClass, ConditionEvents> check) {
        return new ArchCondition<>(text) {
            @Override
            public void check(JavaClass c, ConditionEvents events) {
                check.accept(c, events);
            }
        };
    }

    private static void report(ConditionEvents events, JavaClass c, String message) {
        events.add(SimpleConditionEvent.violated(c, message));
    }
}

// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.AdmitsAnybody;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.media.Schema;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.Charset;
import java.text.SimpleDateFormat;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The walls of the house, for a test in every room. */
public final class ArchitectureRules {

    private static final List<String> SERVICES =
            List.of("gateway", "environment", "job", "worker", "grading", "trace", "training", "trainer", "standalone");

    private ArchitectureRules() {}

    /**
     * Checks a service.
     *
     * @param service the package below {@code dev.assay}, for example {@code job}
     */
    public static void checkService(String service) {
        var imported = importPackage("dev.assay." + service);
        var others = SERVICES.stream()
                .filter(other -> !other.equals(service))
                .map(other -> "dev.assay." + other + "..")
                .toArray(String[]::new);
        noClasses().should().dependOnClassesThat().resideInAnyPackage(others)
                .because("no service imports another service: they meet over REST and Kafka")
                .check(imported);
        classes().that().areAnnotatedWith(RestController.class).should().bePackagePrivate()
                .because("a controller is nobody's business but Spring's")
                .allowEmptyShould(true).check(imported);
        methods().that().areAnnotatedWith(Scheduled.class).should(beStartedBy(imported))
                .because("what is scheduled in a service that starts nothing on a schedule is never done")
                .allowEmptyShould(true).check(imported);
        methods().that().areMetaAnnotatedWith(RequestMapping.class).should(sayWhomTheyAdmit())
                .because("a handler that does not say whom it admits lets nobody in")
                .allowEmptyShould(true).check(imported);
        methods().that().areMetaAnnotatedWith(RequestMapping.class).should(nameEachShapeOnce())
                .because("the API document knows a shape by its name alone: of two it shows one, in both places")
                .allowEmptyShould(true).check(imported);
        slices().matching("dev.assay." + service + ".(*)..").should().beFreeOfCycles()
                .allowEmptyShould(true).check(imported);
        checkStyle(imported);
    }

    /**
     * Checks a room of the SDK.
     *
     * @param room the package below {@code dev.assay.sdk}
     * @param mayKnow the other rooms that it stands on
     */
    public static void checkSdk(String room, String... mayKnow) {
        var imported = importPackage("dev.assay.sdk." + room);
        var forbidden = List.of("protocol", "graders", "environment", "agents", "runtimes").stream()
                .filter(other -> !other.equals(room) && !Arrays.asList(mayKnow).contains(other))
                .map(other -> "dev.assay.sdk." + other + "..")
                .toList();
        var banned = new java.util.ArrayList<>(forbidden);
        banned.addAll(List.of("org.springframework..", "java.sql..", "dev.assay.kit..", "dev.assay.contracts.."));
        noClasses().should().dependOnClassesThat().resideInAnyPackage(banned.toArray(String[]::new))
                .because("the SDK knows no Spring, no service and no database")
                .check(imported);
        checkStyle(imported);
    }

    private static ArchCondition<JavaMethod> beStartedBy(JavaClasses service) {
        var starts = service.stream().anyMatch(one -> one.isAnnotatedWith(EnableScheduling.class));
        return new ArchCondition<>("be started") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                events.add(new SimpleConditionEvent(method, starts, method.getFullName() + " is scheduled, and no class has @EnableScheduling"));
            }
        };
    }

    private static ArchCondition<JavaMethod> sayWhomTheyAdmit() {
        return new ArchCondition<>("be annotated with @Admits or @AdmitsAnybody, or sit in a controller that is") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                var controller = method.getOwner();
                var said = method.isAnnotatedWith(Admits.class) || method.isAnnotatedWith(AdmitsAnybody.class)
                        || controller.isAnnotatedWith(Admits.class) || controller.isAnnotatedWith(AdmitsAnybody.class);
                if (!said) {
                    events.add(SimpleConditionEvent.violated(method, method.getFullName() + " does not say whom it admits"));
                }
            }
        };
    }

    private static ArchCondition<JavaMethod> nameEachShapeOnce() {
        return new ArchCondition<>("ask for and answer with records of which no other has the name") {

            private final Map<String, JavaClass> shapes = new HashMap<>();

            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                if (!method.isAnnotatedWith(Hidden.class) && !method.getOwner().isAnnotatedWith(Hidden.class)) {
                    Stream.concat(Stream.of(method.getReturnType()), method.getParameterTypes().stream())
                            .flatMap(type -> type.getAllInvolvedRawTypes().stream())
                            .forEach(type -> note(type, method, events));
                }
            }

            private void note(JavaClass type, JavaMethod method, ConditionEvents events) {
                if (!type.isRecord()) {
                    return;
                }
                var name = type.tryGetAnnotationOfType(Schema.class).map(Schema::name).filter(said -> !said.isEmpty()).orElse(type.getSimpleName());
                var known = shapes.putIfAbsent(name, type);
                if (known == null) {
                    type.getFields().stream().flatMap(field -> field.getType().getAllInvolvedRawTypes().stream())
                            .forEach(part -> note(part, method, events));
                } else if (!known.equals(type)) {
                    events.add(SimpleConditionEvent.violated(method, method.getFullName() + ": " + type.getName() + " and " + known.getName()
                            + " have the same name"));
                }
            }
        };
    }

    private static void checkStyle(JavaClasses imported) {
        noClasses().should().dependOnClassesThat().resideInAnyPackage("com.fasterxml.jackson.databind..", "com.fasterxml.jackson.core..")
                .because("own code speaks Jackson 3 only")
                .check(imported);
        noClasses().should().callMethod(Instant.class, "now").orShould().callMethod(Clock.class, "systemDefaultZone")
                .because("time is a parameter")
                .check(imported);
        noClasses().should().callMethod(String.class, "toLowerCase").orShould().callMethod(String.class, "toUpperCase")
                .orShould().callMethod(String.class, "format", String.class, Object[].class)
                .orShould().callMethod(String.class, "getBytes").orShould().callConstructor(String.class, byte[].class)
                .orShould().callMethod(Charset.class, "defaultCharset")
                .orShould().callConstructor(InputStreamReader.class, InputStream.class)
                .orShould().callConstructor(OutputStreamWriter.class, OutputStream.class)
                .orShould().callMethod(Process.class, "inputReader").orShould().callMethod(Process.class, "errorReader")
                .orShould().callMethod(Process.class, "outputWriter")
                .because("nothing depends on the locale of whoever started the process: name Locale.ROOT or a charset")
                .check(imported);
        noClasses().should().callMethod(ZoneId.class, "systemDefault").orShould().callMethod(TimeZone.class, "getDefault")
                .orShould().callMethod(LocalDate.class, "now").orShould().callMethod(LocalDateTime.class, "now")
                .orShould().callMethod(ZonedDateTime.class, "now").orShould().callMethod(OffsetDateTime.class, "now")
                .orShould().callMethod(Calendar.class, "getInstance").orShould().callConstructor(SimpleDateFormat.class, String.class)
                .because("nothing depends on the time zone of whoever started the process")
                .check(imported);
        noClasses().should().callMethod(Caffeine.class, "newBuilder").orShould().callMethod(Collection.class, "parallelStream")
                .orShould().callMethod(ForkJoinPool.class, "commonPool")
                .orShould().callMethod(CompletableFuture.class, "delayedExecutor", long.class, TimeUnit.class)
                .orShould().callMethod(CompletableFuture.class, "runAsync", Runnable.class)
                .orShould().callMethod(CompletableFuture.class, "supplyAsync", Supplier.class)
                .orShould().callMethod(CompletableFuture.class, "thenRunAsync", Runnable.class)
                .orShould().callMethod(CompletableFuture.class, "thenApplyAsync", Function.class)
                .orShould().callMethod(CompletableFuture.class, "whenCompleteAsync", BiConsumer.class)
                .because("answers to HTTP requests come through the pool of threads that the JVM shares, and on two processors that is one thread:"
                        + " caches begin with Caches, and all else names its threads")
                .check(imported);
        noClasses().should().haveNameMatching(".*(Manager|Helper|Utils?|Impl|Processor)")
                .because("a class is named after its one job")
                .check(imported);
    }

    private static JavaClasses importPackage(String name) {
        return new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(name);
    }
}

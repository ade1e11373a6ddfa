// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import dev.assay.sdk.runtimes.process.FakePythonContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Images of contexts by a real engine, and what their steps see. */
@EnabledIf(
        value = "dev.assay.sdk.runtimes.docker.TestEngine#answers",
        disabledReason = "no Docker engine answers that has the image to build on")
class ImageBuildTests {

    private static final String SECRET = "hush-" + UUID.randomUUID();

    private static WorkerOnEngine worker;
    private static DockerRuntime runtime;

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final String version = UUID.randomUUID().toString();

    @BeforeAll
    static void start() throws Exception {
        worker = new WorkerOnEngine();
        runtime = worker.runtime();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        assertThat(listed("ps", "--all", "--quiet")).isEmpty();
        for (var image : listed("images", "--quiet")) {
            TestEngine.docker("rmi", "--force", image);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        worker.close();
    }

    @Test
    void aContextBecomesAnImageThatServesAndNobodyElseCanName() throws Exception {
        var image = build(Map.of("Dockerfile", """
                ARG BASE=python
                FROM ${BASE}:3.11-slim
                ARG MARK
                RUN echo "mark $MARK in $(wc -l </proc/net/route) lines of routes by $HTTPS_PROXY" | tee /mark
                COPY serve.py /
                CMD ["python3", "/serve.py", "--port", "8765"]
                """, "serve.py", FakePythonContext.SERVER), Map.of("MARK", "me"), Map.of());

        assertThat(log).as("a step's network is the door's").contains("mark me in 1 lines of routes by http://127.0.0.1:7388");
        assertThat(runtime.kinds()).containsExactly("docker", "docker@" + image.engine());
        var labels = TestEngine.docker("image", "inspect", "--format", "{{json .Config.Labels}} {{json .Config.Env}}", image.reference());
        assertThat(labels).contains("\"dev.assay.version\":\"" + version + "\"", "\"dev.assay.context\":\"sha\"", "\"dev.assay.environment\":\"", "\"dev.assay.installation\":\"").doesNotContain("PROXY", "7388");
        var limits = SandboxLimits.DEFAULTS.withMemoryBytes(128L << 20);
        var spec = new SandboxSpec(new SandboxLabel("run", 1), runtime.prepare(image, log::add), "fake", Map.of(), Network.NONE, limits);
        try (var sandbox = runtime.launch(spec)) {
            assertThat(FakePythonContext.ask(sandbox, "open('/mark').read()")).contains("mark me");
        }
        assertThatThrownBy(() -> runtime.prepare(new Source.Image("assay.invalid/letters:" + version), log::add)).hasMessageContaining("only, not assay.invalid/");
        assertThatThrownBy(() -> runtime.prepare(new Source.Built(image.reference(), "ANOTHER"), log::add)).hasMessageContaining("on one Docker engine only");

        runtime.discard(image);
        assertThat(listed("images", "--quiet")).isEmpty();
        assertThatThrownBy(() -> runtime.prepare(image, log::add)).hasMessageContaining("deploy it again");
    }

    @Test
    void whatAnEarlierBuildHasMadeIsUsedUnlessThatIsNotWanted() throws Exception {
        var recipe = Map.of("Dockerfile", "FROM python:3.11-slim\nRUN echo made " + version + "-$(cat /proc/sys/kernel/random/uuid)\n");
        var usual = order(false, Map.of(), Map.of(), SandboxLimits.DEFAULTS, Duration.ofMinutes(5));
        build(recipe, usual);
        build(recipe, usual);
        assertThat(log).filteredOn(line -> line.startsWith("made " + version)).hasSize(1);
        build(recipe, Map.of(), Map.of());
        assertThat(log).filteredOn(line -> line.startsWith("made " + version)).doesNotHaveDuplicates().hasSize(2);
    }

    @Test
    void whatWasPulledAndNotUsedForLongIsClearedAwayAndNothingElse() throws Exception {
        var used = Instant.parse("2020-01-01T00:00:00Z");
        TestEngine.docker("tag", "python:3.11-slim", "assay-test/pulled:1");
        TestEngine.docker("tag", "python:3.11-slim", PulledImages.NAME + ":" + PulledImages.tag("docker.io/assay-test/pulled:1", used));
        var keep = new KeepImages(3, Duration.ofDays(30), Duration.ofDays(7));
        assertThat(runtime.imageBytes()).isPositive();
        runtime.clearImages(keep, used.plus(Duration.ofDays(3)));
        assertThat(TestEngine.docker("image", "inspect", "--format", "{{.RepoTags}}", "python:3.11-slim")).contains("assay-test/pulled:1");
        runtime.clearImages(keep, used.plus(Duration.ofDays(9)));
        assertThat(TestEngine.docker("image", "inspect", "--format", "{{.RepoTags}}", "python:3.11-slim"))
                .contains("python:3.11-slim").doesNotContain("assay-test/pulled:1", PulledImages.NAME + ":20200101");
    }

    @Test
    void aSecretReachesTheStepThatMountsItAndNothingElse() throws Exception {
        var image = build(Map.of("Dockerfile.hud", """
                FROM python:3.11-slim
                RUN --mount=type=secret,id=tok sha256sum </run/secrets/tok | cut -c1-8 >/seen && grep -c : /proc/net/dev
                """), Map.of(), Map.of("tok", SECRET));

        assertThat(log).anyMatch(line -> line.matches("#\\d+ [0-9.]+ 1")).as("only the loopback device");
        var saved = Files.createTempFile("image", ".tar");
        try {
            TestEngine.docker("save", "--output", saved.toString(), image.reference());
            assertThat(new String(Files.readAllBytes(saved), StandardCharsets.ISO_8859_1)).contains("/seen").doesNotContain(SECRET);
        } finally {
            Files.delete(saved);
        }
        assertThat(TestEngine.docker("history", "--no-trunc", image.reference())).doesNotContain(SECRET);
        assertThat(log).noneMatch(line -> line.contains(SECRET));
    }

    @Test
    void aStepThatFailsIsToldWithWhatItPrinted() {
        assertThatThrownBy(() -> build(Map.of("Dockerfile", "FROM python:3.11-slim\nRUN echo so far so good; exit 3\n"), Map.of(), Map.of()))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("returned a non-zero code: 3");
        assertThat(log).contains("so far so good");
        assertThatThrownBy(() -> build(Map.of("Dockerfile", "FROM python:3.11-slim\nRUN --mount=type=tmpfs,target=/x exit 4\n"), Map.of(), Map.of()))
                .hasMessage("a step of Dockerfile failed, see the log");
        assertThatThrownBy(() -> build(Map.of("Dockerfile", "FROM assay-test/nowhere\n"), Map.of(), Map.of()))
                .hasMessageContaining("the image 'docker.io/assay-test/nowhere:latest' cannot be pulled: ");
    }

    @Test
    void whatIsKeptOfStepsOfABuildThatFailedIsClearedAwayWhenItIsOld() throws Exception {
        var recipe = "FROM python:3.11-slim AS first\nRUN echo " + version + "\nFROM first\nRUN echo on >/on\nRUN exit 3\n";
        assertThatThrownBy(() -> build(Map.of("Dockerfile", recipe), Map.of(), Map.of())).hasMessageContaining("returned a non-zero code: 3");
        var kept = listed("images", "--quiet");
        assertThat(kept).isNotEmpty();
        runtime.images().clearSteps(Instant.now().minus(Duration.ofMinutes(10)));
        assertThat(listed("images", "--quiet")).isEqualTo(kept);
        runtime.images().clearSteps(Instant.now().plusSeconds(1));
        assertThat(listed("images", "--all", "--quiet")).isEmpty();
    }

    @Test
    void aBuildThatIsNotWaitedForAnyMoreEnds() throws Exception {
        for (var flag : List.of("", "--mount=type=tmpfs,target=/x ")) {
            var seconds = 1000 + (int) (Math.random() * 1_000_000);
            var ended = new CompletableFuture<Throwable>();
            var building = Thread.ofPlatform().start(() -> {
                try {
                    build(Map.of("Dockerfile", "FROM python:3.11-slim\nRUN " + flag + "echo it begins && sleep " + seconds + "\n"), Map.of(), Map.of());
                } catch (Throwable e) {
                    ended.complete(e);
                }
            });
            await().until(() -> log.stream().anyMatch(line -> line.endsWith("it begins")) && sleeps(seconds));
            building.interrupt();
            assertThat(ended.get()).isInstanceOf(InterruptedException.class);
            await().until(() -> !sleeps(seconds));
            log.clear();
        }
    }

    @Test
    void whatIsTooLargeOrTakesTooLongIsNotKept() {
        var large = order(Map.of(), Map.of(), SandboxLimits.DEFAULTS.withDiskBytes(1), Duration.ofMinutes(5));
        assertThatThrownBy(() -> build(Map.of("Dockerfile", "FROM python:3.11-slim\nLABEL a=b\n"), large)).hasMessageContaining("at most 0 are taken");
        var slow = order(Map.of(), Map.of(), SandboxLimits.DEFAULTS, Duration.ofSeconds(1));
        assertThatThrownBy(() -> build(Map.of("Dockerfile", "FROM python:3.11-slim\nRUN sleep 1000\n"), slow)).hasMessageContaining("not built within 1s");
    }

    private static boolean sleeps(int seconds) {
        return ProcessHandle.allProcesses().anyMatch(process -> process.info().commandLine().orElse("").endsWith("sleep " + seconds)
                && !process.info().commandLine().orElse("").contains("docker"));
    }

    private Source.Built build(Map<String, String> files, Map<String, String> buildArgs, Map<String, String> secrets) throws Exception {
        return build(files, order(buildArgs, secrets, SandboxLimits.DEFAULTS, Duration.ofMinutes(5)));
    }

    private Source.Built build(Map<String, String> files, ImageOrder order) throws Exception {
        try (var context = runtime.unpack(() -> new ByteArrayInputStream(archive(files)))) {
            return runtime.build(context, order, log::add);
        }
    }

    private ImageOrder order(Map<String, String> buildArgs, Map<String, String> secrets, SandboxLimits limits, Duration longest) {
        return order(true, buildArgs, secrets, limits, longest);
    }

    private ImageOrder order(boolean noCache, Map<String, String> buildArgs, Map<String, String> secrets, SandboxLimits limits, Duration longest) {
        return new ImageOrder(new SandboxLabel("build", 1), "letters", "team/letters", version, "sha", buildArgs, secrets, noCache, Network.OUTBOUND,
                limits, longest);
    }

    private static byte[] archive(Map<String, String> files) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
            for (var file : files.entrySet()) {
                var content = file.getValue().getBytes(StandardCharsets.UTF_8);
                var entry = new TarArchiveEntry(file.getKey());
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static List<String> listed(String... command) throws Exception {
        var line = new ArrayList<>(List.of(command));
        line.addAll(List.of("--filter", "label=dev.assay.installation=" + worker.installation));
        return TestEngine.docker(line.toArray(String[]::new)).lines().distinct().toList();
    }
}

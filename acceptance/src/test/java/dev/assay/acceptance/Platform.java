// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.RunKeys;
import dev.assay.kit.identity.Signatures;
import dev.assay.testsupport.OidcStandIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A platform in a process of its own, as a user would start it: the executable jar, some variables, a folder for the data. With
 * {@code -Dassay.deployment=processes} each service is a process of its own, and the tests do not know the difference.
 */
final class Platform implements AutoCloseable {

    private static final String ADMIN = "an-admin-token-for-these-tests-" + UUID.randomUUID();
    private static final Duration START = Duration.ofMinutes(10);
    private static final List<String> SCRIPTS =
            List.of("agreeable", "coding", "counter", "judge", "letters", "patient", "refusing", "slow", "toolbox", "wrong");
    private static final AtomicInteger NEXT_BASE = new AtomicInteger(20_000 + (int) (ProcessHandle.current().pid() % 400) * 20);

    /** Where the platforms' sandboxes find programs of agents; whoever needs one puts it there. */
    static final Path AGENT_PROGRAMS = Repository.madeFolder(".assay/agent-programs");

    /** Who collects the metrics of the shared platform's services. */
    static final String METRICS = "a-token-for-the-metrics-" + UUID.randomUUID();

    private static final boolean MANY_PROCESSES = "processes".equals(System.getProperty("assay.deployment", "one-jvm"));

    private static @Nullable Platform shared;
    private static boolean hasModels;

    final int port;
    final Path data;
    private Process process;
    private final Map<String, String> variables;

    private Platform(int port, Path data, Map<String, String> further) {
        this.port = port;
        this.data = data;
        variables = new HashMap<>(Map.of(
                "ASSAY_PORT", String.valueOf(port),
                "ASSAY_DATA", data.toString(),
                "ASSAY_ADMIN_TOKEN", ADMIN,
                "ASSAY_SCRIPTS", Repository.resource("scripts").toString()));
        variables.put("ASSAY_WORKER_CACHE", Repository.workerCache());
        variables.put("ASSAY_WORKER_AGENTPROGRAMS", AGENT_PROGRAMS.toString());
        catalog(variables);
        variables.putAll(further);
        process = launch();
    }

    /**
     * The one that most tests share; it ends with this JVM. It has keys of the four providers, whom {@link StandIn} stands in for, and
     * somebody whom people sign in with, whom {@link OidcStandIn} stands in for once a test starts it.
     */
    static synchronized Platform shared() {
        if (shared == null) {
            var further = StandIn.shared().variables();
            further.put("ASSAY_OIDC_NAME", "Example");
            further.put("ASSAY_OIDC_ISSUER", OidcStandIn.SHARED.issuer());
            further.put("ASSAY_OIDC_CLIENT_ID", OidcStandIn.CLIENT);
            further.put("ASSAY_OIDC_CLIENT_SECRET", OidcStandIn.SECRET);
            further.put("ASSAY_METRICS_TOKEN", METRICS);
            // where a test serves a robot's policy
            further.put("ASSAY_WORKER_NETWORKALLOW", "127.0.0.2/32");
            // where a test serves a trainer's policy
            further.put("ASSAY_TEAM_UPSTREAMS_ANYWHERE", "true");
            further.putAll(OddModels.variables());
            shared = start(further);
        }
        return shared;
    }

    /** The same, once what the providers offer is in its catalog. */
    static synchronized Platform withModels() {
        if (!hasModels) {
            var api = shared().api(shared().keyOf("models"));
            await().atMost(Duration.ofMinutes(1)).until(() -> StandIn.OFFERED.stream().allMatch(api.get("/v2/models").text()::contains));
            hasModels = true;
        }
        return shared();
    }

    static Platform start(Map<String, String> further) {
        var platform = new Platform(freeBase(), Repository.freshFolder("platform"), further);
        Runtime.getRuntime().addShutdownHook(new Thread(platform::close));
        platform.awaitReady();
        return platform;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** A new key of a team, which is made if there is none of that name. */
    String keyOf(String team) {
        return keyOf(team, "tests", "administrator");
    }

    /** A new key of one user of a team. */
    String keyOf(String team, String user, String role) {
        var answer = new Api(url(), ADMIN).post("/v2/admin/keys", Map.of("team", team, "name", user, "role", role));
        return answer.expect(201, 200).body().get("key").stringValue();
    }

    /** The operator's own access. */
    Api operator() {
        return new Api(url(), ADMIN);
    }

    /** The key of a run's first attempt, as job-service made it. */
    String runKey(TeamId team, RunId run, String model) {
        var jobService = new Signatures(Party.service("job-service"), data.resolve("keys/job-service"), data.resolve("keys/public"), Clock.systemUTC());
        return new RunKeys(jobService).mint(new RunKeys.RunKey(team, run, 1, model), Instant.now().plus(Duration.ofHours(1)));
    }

    Api api(String key) {
        return new Api(url(), key);
    }

    /** What this platform's worker started at the engine, for its filter: others have sandboxes there at the same time. */
    String itsSandboxes() {
        try {
            return "label=dev.assay.installation=" + Files.readString(data.resolve("worker/installation"));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    String trainingService() {
        return "http://127.0.0.1:" + (port + 5);
    }

    String jobService() {
        return "http://127.0.0.1:" + (port + 2);
    }

    /** Ends the JVM as a power cut would. */
    void kill() {
        var services = MANY_PROCESSES ? process.children().filter(Platform::isJava).toList() : List.<ProcessHandle>of();
        process.destroyForcibly();
        services.forEach(ProcessHandle::destroyForcibly);
        await().atMost(Duration.ofMinutes(1)).until(() -> !process.isAlive());
    }

    /** The same, and its Postgres with it: nothing of the platform is left. */
    void killEverything() {
        var postmaster = postmaster();
        kill();
        postmaster.descendants().forEach(ProcessHandle::destroyForcibly);
        postmaster.destroyForcibly();
    }

    /** Its Postgres holds every connection and answers none, until it goes on. */
    void databaseHangs() {
        signalPostgres("STOP");
    }

    void databaseGoesOn() {
        signalPostgres("CONT");
    }

    private void signalPostgres(String signal) {
        var postmaster = postmaster();
        Stream.concat(Stream.of(postmaster), postmaster.descendants()).forEach(one -> Running.signal(signal, one));
    }

    private static boolean isJava(ProcessHandle child) {
        return child.info().command().orElse("").equals(java());
    }

    private ProcessHandle postmaster() {
        try {
            var pid = Files.readAllLines(data.resolve("postgres/postmaster.pid")).getFirst().strip();
            return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    void startAgain() {
        process = launch();
        awaitReady();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor(Duration.ofSeconds(20));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** Enters every script of the tests into the catalog as {@code scripted/<its name>}, for all teams, and the toy that they may train. */
    private static void catalog(Map<String, String> variables) {
        for (var at = 0; at < SCRIPTS.size(); at++) {
            var entry = "ASSAY_MODELS_" + at + "_";
            variables.put(entry + "MODELNAME", "scripted/" + SCRIPTS.get(at));
            variables.put(entry + "NAME", SCRIPTS.get(at) + " (scripted)");
            variables.put(entry + "PROVIDER", "scripted");
            variables.put(entry + "UPSTREAMMODEL", SCRIPTS.get(at));
        }
        variables.putAll(trainable(0, "toy/base", "toy", "base"));
    }

    /** An entry of the catalog behind the scripts; the toy is the first of them. */
    static Map<String, String> trainable(int place, String name, String trainer, String weights) {
        var entry = "ASSAY_MODELS_" + (SCRIPTS.size() + place) + "_";
        return Map.of(entry + "MODELNAME", name, entry + "NAME", name, entry + "TRAINER", trainer, entry + "UPSTREAMMODEL", weights);
    }

    private Process launch() {
        var log = data.resolve("platform.log").toFile();
        var command = new ArrayList<>(List.of(java(), "-Xmx900m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-Dorg.springframework.boot.logging.LoggingSystem=none"));
        if (MANY_PROCESSES) {
            var classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
            command.addAll(List.of("-cp", classPath, "dev.assay.standalone.ManyProcesses", Repository.ROOT.toString()));
        } else {
            command.addAll(List.of("-jar", Repository.app("standalone").toString()));
        }
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        builder.environment().putAll(variables);
        try {
            return builder.start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void awaitReady() {
        var api = new Api(url(), "none");
        await().atMost(START).pollInterval(Duration.ofMillis(200))
                .until(() -> !process.isAlive() || api.get("/actuator/health/readiness").status() == 200);
        if (!process.isAlive()) {
            throw new IllegalStateException("the platform ended while starting:\n" + tail());
        }
    }

    String tail() {
        try {
            var lines = Files.readAllLines(data.resolve("platform.log"));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A port with a dozen free ones after it. */
    private static int freeBase() {
        return IntStream.generate(() -> NEXT_BASE.getAndAdd(20)).filter(Platform::allFree).findFirst().orElseThrow();
    }

    private static boolean allFree(int base) {
        return IntStream.rangeClosed(base, base + 12).allMatch(port -> {
            try (var socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress("127.0.0.1", port));
                return true;
            } catch (IOException taken) {
                return false;
            }
        });
    }
}

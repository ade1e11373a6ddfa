// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.parallel.Isolated;

/** The same jars as separate containers, where an engine answers: what the demo does must work there too. */
@Isolated("seven JVMs, Postgres and Kafka start at once: they want the machine to themselves")
@EnabledIf(value = "engineAnswers", disabledReason = "no Docker engine answers")
class ComposeTests {

    private static final String ADMIN = "an-admin-token-for-the-containers";
    private static final int PORT = 17_300;
    private static final String URL = "http://127.0.0.1:" + PORT;
    private static final Map<String, String> SETTINGS = Map.of(
            "COMPOSE_PROJECT_NAME", "assay-acceptance",
            // every engine has the classic builder, not every one a current buildx
            "DOCKER_BUILDKIT", "0",
            "ASSAY_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            "ASSAY_PORT", String.valueOf(PORT),
            "ASSAY_ADMIN_TOKEN", ADMIN,
            "ASSAY_DATABASE_PASSWORD", "a-password-of-these-tests",
            "HOME", System.getProperty("user.home"));

    static boolean engineAnswers() {
        return run(Duration.ofSeconds(20), "docker", "info").exit() == 0;
    }

    @BeforeAll
    static void up() {
        compose(Duration.ofMinutes(12), "up", "--detach", "--build").exitsWith(0);
        var anybody = new Api(URL, "none");
        await().atMost(Duration.ofMinutes(4)).pollInterval(Duration.ofMillis(500))
                .until(() -> anybody.get("/actuator/health/readiness").status() == 200);
    }

    @AfterAll
    static void down() {
        compose(Duration.ofMinutes(3), "down", "--volumes", "--timeout", "5");
    }

    @Test
    void theExampleIsDeployedPublishedAndEvaluatedByTheContainers() {
        var key = new Api(URL, ADMIN).post("/v2/admin/keys", Map.of("team", "default", "name", "tests")).expect(201).body()
                .get("key").stringValue();
        var hud = new Hud().against(URL, key);
        for (var file : List.of("env.py", "tasks.py", "pyproject.toml")) {
            Repository.copy(Repository.ROOT.resolve("examples/letter-count").resolve(file), hud.folder.resolve(file));
        }

        hud.run("deploy", "--yes", "--no-env").exitsWith(0).says("SUCCEEDED");
        hud.run("sync", "tasks", "letter-count", "--yes").exitsWith(0);
        hud.run("eval", "letter-count", "openai_compatible", "--model", "scripted/letter-count", "--runtime", "hosted", "--all",
                "--group", "3", "--yes").exitsWith(0).says("Runs: 9", "Mean reward: 1.000");
    }

    private static Finished compose(Duration patience, String... arguments) {
        var command = new ArrayList<String>();
        if (run(Duration.ofSeconds(20), "docker", "compose", "version").exit() == 0) {
            command.addAll(List.of("docker", "compose"));
        } else {
            command.add("docker-compose");
        }
        command.addAll(List.of(arguments));
        return run(patience, command.toArray(String[]::new));
    }

    private static Finished run(Duration patience, String... command) {
        try (var process = Running.start(Repository.ROOT, SETTINGS, List.of(command))) {
            return process.finish(patience);
        } catch (UncheckedIOException notInstalled) {
            return new Finished(127, "", notInstalled.toString());
        }
    }
}

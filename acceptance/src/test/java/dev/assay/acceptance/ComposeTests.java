// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.testcontainers.containers.ComposeContainer;

/** The same jars as separate containers, where an engine answers: what the demo does must work there too. */
@Order(1)
@EnabledIf(value = "engineAnswers", disabledReason = "no Docker engine answers that has compose and the images of Postgres and Kafka")
class ComposeTests {

    private static final String ADMIN = "an-admin-token-for-the-containers";
    private static final int PORT = 17_300;
    private static final String URL = "http://127.0.0.1:" + PORT;

    private static final File FILE = Repository.ROOT.resolve("docker-compose.yml").toFile();
    private static final ComposeContainer CONTAINERS = new ComposeContainer("assay-acceptance", FILE)
            // every engine has the classic builder, not every one a current buildx
            .withEnv("DOCKER_BUILDKIT", "0")
            .withBuild(true)
            .withPull(false)
            .withEnv("ASSAY_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
            .withEnv("ASSAY_PORT", String.valueOf(PORT))
            .withEnv("ASSAY_ADMIN_TOKEN", ADMIN)
            .withEnv("ASSAY_DATABASE_PASSWORD", "databaseOfTheseTests")
            .withEnv("ASSAY_DATABASE_OPERATOR_PASSWORD", "databaseOperatorOfTheseTests")
            .withEnv("ASSAY_KAFKA_OPERATOR_PASSWORD", "operatorOfTheseTests")
            .withEnv("ASSAY_KAFKA_JOB_PASSWORD", "jobOfTheseTests")
            .withEnv("ASSAY_KAFKA_GRADING_PASSWORD", "gradingOfTheseTests")
            .withEnv("ASSAY_KAFKA_TRACE_PASSWORD", "traceOfTheseTests");

    static boolean engineAnswers() {
        return Engine.succeeds("docker", "compose", "version") && Engine.succeeds("docker", "image", "inspect", "postgres:18", "apache/kafka:4.3.1");
    }

    @BeforeAll
    static void up() {
        CONTAINERS.start();
        var anybody = new Api(URL, "none");
        await().atMost(Duration.ofMinutes(15)).pollInterval(Duration.ofMillis(500))
                .until(() -> anybody.get("/actuator/health/readiness").status() == 200);
    }

    @AfterAll
    static void down() {
        CONTAINERS.stop();
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

    @Test
    void theWorkerReachesNeitherTheBrokerNorTheDatabase() throws Exception {
        assertThat(reaches("worker", "job-service", 8080)).isTrue();
        assertThat(reaches("worker", "kafka", 9092)).isFalse();
        assertThat(reaches("worker", "postgres", 5432)).isFalse();
        assertThat(reaches("grading-service", "kafka", 9092)).isTrue();
    }

    /** Only who may make control groups holds each sandbox to its memory and processors, and forks. */
    @Test
    void theWorkerMakesControlGroupsAndForks() {
        var worker = CONTAINERS.getContainerByServiceName("worker").orElseThrow();
        // it starts when the rest is there
        var told = await().atMost(Duration.ofMinutes(5)).until(worker::getLogs, log -> log.contains("process runtime: "));
        assertThat(told).contains("control groups in use, environments are loaded once and forked");
    }

    private static boolean reaches(String from, String host, int port) throws Exception {
        var container = CONTAINERS.getContainerByServiceName(from).orElseThrow();
        return container.execInContainer("timeout", "3", "bash", "-c", "</dev/tcp/" + host + "/" + port).getExitCode() == 0;
    }
}

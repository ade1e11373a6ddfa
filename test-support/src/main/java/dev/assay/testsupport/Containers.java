// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import dev.assay.kit.kafka.KafkaLogin;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** Postgres and Kafka as they run in production, where a Docker engine answers that has their images. They end with this JVM. */
final class Containers {

    private static final Logger log = LoggerFactory.getLogger(Containers.class);

    // the same as in docker-compose.yml
    static final String POSTGRES = "postgres:18";
    static final String KAFKA = "apache/kafka:4.3.1";

    private static final int POSTGRES_PORT = 5432;
    private static final Duration START = Duration.ofMinutes(2);

    private Containers() {}

    private static final class Engine {
        // An image that is not there is not fetched: whether a registry answers can take minutes to find out. ./assay verify fetches them.
        static final boolean HAS_IMAGES = hasImages();

        private static boolean hasImages() {
            var here = answers("docker", "image", "inspect", POSTGRES, KAFKA);
            log.info(here
                    ? "Tests run on " + POSTGRES + " and " + KAFKA + " in containers."
                    : "Tests run on an embedded Postgres and an embedded Kafka: no Docker engine answers that has " + POSTGRES + " and " + KAFKA);
            return here;
        }

        private static boolean answers(String... command) {
            try {
                var process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    return false;
                }
                return process.exitValue() == 0;
            } catch (IOException noDocker) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    static boolean available() {
        return Engine.HAS_IMAGES;
    }

    static String postgres() {
        var postgres = new GenericContainer<>(POSTGRES)
                .withEnv(Map.of("POSTGRES_USER", "postgres", "POSTGRES_PASSWORD", "postgres"))
                .withCommand("postgres", "-c", "max_connections=200", "-c", "fsync=off")
                .withExposedPorts(POSTGRES_PORT)
                // over TCP it answers only once it is set up
                .waitingFor(Wait.forSuccessfulCommand("pg_isready -h 127.0.0.1 -U postgres").withStartupTimeout(START));
        postgres.start();
        return "jdbc:postgresql://%s:%d/postgres".formatted(postgres.getHost(), postgres.getMappedPort(POSTGRES_PORT));
    }

    static String kafka(Map<String, Object> common) {
        // a broker tells its clients where it is, so its address must be known before it starts
        var port = FreePort.find();
        var kafka = new GenericContainer<>(KAFKA)
                .withEnv(common.entrySet().stream().collect(Collectors.toMap(property -> variable(property.getKey()), property ->
                        property.getValue().toString())))
                .withEnv(Map.of(
                        "KAFKA_LISTENERS", KafkaLogin.LISTENER + "://:" + port + ",CONTROLLER://localhost:9093",
                        "KAFKA_ADVERTISED_LISTENERS", KafkaLogin.LISTENER + "://localhost:" + port,
                        "KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093",
                        "KAFKA_LOG_DIRS", "/tmp/kafka"))
                .withExposedPorts(port)
                .withStartupTimeout(START);
        kafka.setPortBindings(List.of(port + ":" + port));
        kafka.start();
        return "localhost:" + port;
    }

    private static String variable(String property) {
        return "KAFKA_" + property.toUpperCase(Locale.ROOT).replace('.', '_');
    }
}

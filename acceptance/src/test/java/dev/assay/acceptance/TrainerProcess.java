// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.awaitility.Awaitility.await;

import dev.assay.testsupport.FreePort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A trainer in a process of its own, for a platform that has none in its own. */
final class TrainerProcess implements AutoCloseable {

    final Running process;

    private TrainerProcess(Running process) {
        this.process = process;
    }

    /** A platform that asks for samples at an address where one trainer after the other may stand; whoever was lost is followed soon. */
    record Place(Platform platform, int port) implements AutoCloseable {

        static Place make(Map<String, String> further) {
            int port = FreePort.find();
            var variables = new HashMap<>(Map.of(
                    "ASSAY_STANDALONE_WORKER", "false", "ASSAY_STANDALONE_TRAINER", "false",
                    "ASSAY_TRAINER_URL", "http://127.0.0.1:" + port, "ASSAY_TRAINING_LEASE", "4s"));
            variables.putAll(further);
            return new Place(Platform.start(variables), port);
        }

        @Override
        public void close() {
            platform.close();
        }
    }

    static TrainerProcess start(Place place, Path data, Map<String, String> further) {
        var keys = place.platform().data.resolve("keys");
        var variables = new HashMap<>(Map.of(
                "ASSAY_TRAINING_URL", place.platform().trainingService(), "ASSAY_KEYS_OWN", keys.resolve("trainer").toString(),
                "ASSAY_KEYS_PUBLIC", keys.resolve("public").toString(), "ASSAY_DATA", data.toString(),
                "SERVER_PORT", String.valueOf(place.port()), "SERVER_ADDRESS", "127.0.0.1"));
        variables.putAll(further);
        var process = Running.start(data, variables, List.of(Platform.java(), "-Xmx300m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-Dorg.springframework.boot.logging.LoggingSystem=none", "-jar", Repository.app("trainer").toString()));
        var health = new Api("http://127.0.0.1:" + place.port(), "none");
        await().atMost(Duration.ofMinutes(3)).until(() -> !process.handle().isAlive()
                || health.get("/actuator/health/readiness").status() == 200);
        if (!process.handle().isAlive()) {
            throw new IllegalStateException("the trainer ended while starting:\n" + process.text());
        }
        return new TrainerProcess(process);
    }

    /** The processes that compute with real weights. */
    List<ProcessHandle> computing() {
        return process.handle().children().filter(ProcessHandle::isAlive).toList();
    }

    /** As a power cut would. */
    @Override
    public void close() {
        process.close();
        await().until(() -> !process.handle().isAlive());
    }
}

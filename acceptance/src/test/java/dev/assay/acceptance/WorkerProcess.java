// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;

/** A worker in a process of its own, beside a platform. */
final class WorkerProcess implements AutoCloseable {

    final Running process;

    private WorkerProcess(Running process) {
        this.process = process;
    }

    static WorkerProcess start(Platform platform, Path data, int port) {
        var variables = new HashMap<>(platform.addresses());
        variables.put("HOME", Repository.freshFolder("worker-home").toString());
        variables.put("ASSAY_DATA", data.toString());
        variables.put("ASSAY_WORKER_CACHE", Repository.workerCache());
        variables.put("SERVER_PORT", String.valueOf(port));
        variables.put("SERVER_ADDRESS", "127.0.0.1");
        var process = Running.start(data, variables, List.of(Platform.java(), "-Xmx300m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-Dorg.springframework.boot.logging.LoggingSystem=none", "-jar", Repository.app("worker").toString()));
        var health = new Api("http://127.0.0.1:" + port, "none");
        await().atMost(Duration.ofMinutes(3)).until(() -> health.get("/actuator/health/readiness").status() == 200);
        return new WorkerProcess(process);
    }

    @Override
    public void close() {
        process.signal("TERM");
        process.close();
    }
}

// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A worker in a process of its own, as it would be on another machine: it knows a credential and where job-service is, and no more. */
final class WorkerProcess implements AutoCloseable {

    private static final AtomicInteger NAMES = new AtomicInteger();

    final Running process;

    private WorkerProcess(Running process) {
        this.process = process;
    }

    /** @param temporary where it, and what it starts, may leave temporary files */
    static WorkerProcess start(Platform platform, Path data, Path temporary, int port) {
        var credential = platform.operator()
                .post("/v2/admin/job-service/workers/credentials", Map.of("name", "far-" + NAMES.incrementAndGet()))
                .expect(201).body().get("credential").stringValue();
        var variables = new HashMap<String, String>();
        variables.put("ASSAY_JOB_URL", platform.jobService());
        variables.put("ASSAY_WORKER_CREDENTIAL", credential);
        variables.put("HOME", Repository.freshFolder("worker-home").toString());
        variables.put("ASSAY_DATA", data.toString());
        variables.put("ASSAY_WORKER_CACHE", Repository.workerCache());
        // the platforms' too: or else each has a virtual environment of its own there
        variables.put("ASSAY_PYTHON", System.getenv().getOrDefault("ASSAY_PYTHON", ""));
        variables.put("SERVER_PORT", String.valueOf(port));
        variables.put("SERVER_ADDRESS", "127.0.0.1");
        var process = Running.start(data, variables, List.of(Platform.java(), "-Xmx300m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary, "-Dorg.springframework.boot.logging.LoggingSystem=none", "-jar",
                Repository.app("worker").toString()));
        var health = new Api("http://127.0.0.1:" + port, "none");
        await().atMost(Duration.ofMinutes(3)).until(() -> !process.handle().isAlive()
                || health.get("/actuator/health/readiness").status() == 200);
        if (!process.handle().isAlive()) {
            throw new IllegalStateException("the worker ended while starting:\n" + process.text());
        }
        return new WorkerProcess(process);
    }

    /** As a power cut would. */
    void kill() {
        process.signal("KILL");
        await().atMost(Duration.ofMinutes(1)).until(() -> !process.handle().isAlive());
    }

    /** As an operator would; it gives back what it holds. */
    void stop() {
        process.signal("TERM");
        await().atMost(Duration.ofMinutes(2)).until(() -> !process.handle().isAlive());
    }

    @Override
    public void close() {
        process.signal("TERM");
        process.close();
    }
}

// SPDX-License-Identifier: Apache-2.0

import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.kit.identity.Signatures;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;

/** Submits runs through the gateway, as a client does, and takes and ends them at job-service, as a worker does that has nothing to do. */
public final class Runs {

    private static final int SUBMITTERS = 16;
    private static final int WORKERS = 16;
    private static final int JOBS = 4;
    private static final int GROUP = 16;
    private static final int WARM_UP = 500;
    private static final double QUIET = 0.5;
    private static final Duration TOKEN = Duration.ofMinutes(2);

    private final int port;
    private final Path data;
    private final String key = System.getenv("ASSAY_KEY");
    private final JsonMapper json = new JsonMapper();
    private final UUID[] jobs = new UUID[JOBS];

    private Runs(int port, Path data) {
        this.port = port;
        this.data = data;
    }

    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        new Runs(Integer.parseInt(arguments[0]), Path.of(arguments[1])).measure(Integer.parseInt(arguments[2]), arguments[3]);
    }

    private void measure(int runs, String counting) throws Exception {
        var load = load();
        if (counting.equals("uncounted")) {
            try (var database = DriverManager.getConnection(
                            "jdbc:postgresql://127.0.0.1:" + (port + 10) + "/assay", "assay",
                            Files.readString(data.resolve("postgres-services-password")).strip());
                    var statement = database.createStatement()) {
                statement.execute("drop trigger run_counted on job.run; drop trigger run_counted_again on job.run");
            }
        }
        deploy();
        bothAtOnce(WARM_UP);
        System.out.printf("%d runs, %d submitters, %d workers, %s; %d cores; load average before the start %.1f%n",
                runs, SUBMITTERS, WORKERS, counting, Runtime.getRuntime().availableProcessors(), load);
        newJobs();
        System.out.printf("one after the other: %.0f accepted/s", submit(runs).perSecond());
        System.out.printf(", %.0f finished/s%n", finish(runs).perSecond());
        var both = bothAtOnce(runs);
        System.out.printf("both at once: %.0f accepted/s, %.0f finished/s%n", both.get(0).perSecond(), both.get(1).perSecond());
        if (load > QUIET) {
            System.out.println("THE MACHINE WAS NOT QUIET: read these figures beside each other, not by themselves");
        }
    }

    private List<Done> bothAtOnce(int runs) throws Exception {
        newJobs();
        try (var threads = Executors.newFixedThreadPool(2)) {
            var accepted = threads.submit(() -> submit(runs));
            var finished = threads.submit(() -> finish(runs));
            return List.of(accepted.get(), finished.get());
        }
    }

    private void newJobs() {
        for (var number = 0; number < JOBS; number++) {
            jobs[number] = UUID.randomUUID();
        }
    }

    private static double load() throws IOException {
        return Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
    }

    // ---------------------------------------------------------------- as a client

    private Done submit(int runs) throws Exception {
        var left = new AtomicInteger(runs);
        return together(SUBMITTERS, runs, number -> () -> {
            try (var gateway = new Wire(port)) {
                for (var run = left.getAndDecrement(); run > 0; run = left.getAndDecrement()) {
                    gateway.post("/v2/rollouts/submit", key, """
                            {"trace_id": "%s", "job_id": "%s", "env": "benchmark", "task": "nothing", "slug": "nothing-%d",
                             "args": {"n": %d}, "agent": {"type": "openai_compatible", "config": {"model": "none"}}, "group_id": "group-%d"}"""
                                    .formatted(UUID.randomUUID(), jobs[run % JOBS], run / GROUP % 10, run, run / GROUP))
                            .expect(201);
                }
            }
            return null;
        });
    }

    /** An environment that has one task, as the worker of its build says. */
    private void deploy() throws Exception {
        try (var gateway = new Wire(port); var builds = new Wire(port + 1)) {
            var upload = json.readTree(gateway.post("/v2/builds/upload-url", key, "{}").expect(200).body());
            var address = URI.create(upload.get("upload_url").stringValue());
            var path = address.getRawPath() + (address.getRawQuery() == null ? "" : "?" + address.getRawQuery());
            gateway.send("PUT", path, key, "application/gzip", "nothing".getBytes(StandardCharsets.US_ASCII));
            gateway.post("/v2/builds/trigger", key, """
                    {"source": "direct", "build_id": "%s", "name": "benchmark", "no_cache": false}"""
                            .formatted(upload.get("build_id").stringValue()));
            var token = new Speaker("builder", "environment-service").token();
            var lease = json.readTree(builds.post("/internal/builds/leases", token, "{\"waitMillis\": 5000}").expect(200).body());
            builds.post("/internal/builds/" + lease.get("build").stringValue() + "/outcome", token, """
                    {"attempt": %d, "succeeded": true, "error": null, "manifest": {"tasks": [{"id": "nothing", "args": {}}]}}"""
                            .formatted(lease.get("attempt").intValue()))
                    .expect(204);
        }
    }

    // ---------------------------------------------------------------- as a worker

    private Done finish(int runs) throws Exception {
        var left = new AtomicInteger(runs);
        return together(WORKERS, runs, number -> () -> {
            var speaker = new Speaker("w" + number, "job-service");
            try (var service = new Wire(port + 2)) {
                while (left.get() > 0) {
                    var lease = service.post("/internal/leases", speaker.token(),
                            "{\"ask\": \"%s\", \"waitMillis\": 200}".formatted(UUID.randomUUID()));
                    if (lease.status() == 204) {
                        continue;
                    }
                    var told = json.readTree(lease.expect(200).body());
                    var path = "/internal/leases/" + told.get("run").stringValue();
                    var attempt = told.get("attempt").intValue();
                    service.post(path + "/renew", speaker.token(), "{\"attempt\": %d, \"phase\": \"running\"}".formatted(attempt))
                            .expect(200);
                    service.post(path + "/outcome", speaker.token(), """
                            {"attempt": %d, "status": "completed", "stopReason": "done", "evaluation": {"score": 1.0}, "error": null,
                             "environmentVersion": 1, "timings": {"agent": 1}}""".formatted(attempt)).expect(204);
                    left.decrementAndGet();
                }
            }
            return null;
        });
    }

    /** A worker's token, made anew before it ends. */
    private final class Speaker {

        private final InternalTokens tokens;
        private final String audience;
        private String token = "";
        private long until;

        Speaker(String name, String audience) {
            var keys = data.resolve("keys");
            this.tokens = new InternalTokens(
                    new Signatures(Party.worker("worker", name), keys.resolve("worker"), keys.resolve("public"), Clock.systemUTC()));
            this.audience = audience;
        }

        String token() {
            if (token.isEmpty() || System.nanoTime() > until) {
                token = tokens.mint(Role.WORKER, audience);
                until = System.nanoTime() + TOKEN.toNanos();
            }
            return token;
        }
    }

    // ---------------------------------------------------------------- counting

    private record Done(int what, double seconds) {

        double perSecond() {
            return what / seconds;
        }
    }

    private interface Part {
        Callable<Void> of(int number);
    }

    private static Done together(int many, int what, Part part) throws Exception {
        var all = new ArrayList<Callable<Void>>();
        for (var number = 0; number < many; number++) {
            all.add(part.of(number));
        }
        try (var threads = Executors.newFixedThreadPool(many)) {
            var begun = System.nanoTime();
            for (var one : threads.invokeAll(all)) {
                one.get();
            }
            return new Done(what, (System.nanoTime() - begun) / 1e9);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Submits runs through the gateway, as a client does, and takes and ends them at job-service: the workers are stand-ins of ours, whose
 * sandboxes answer at once. All else is real.
 */
public final class Runs {

    private static final int SUBMITTERS = 16;
    private static final int WORKERS = 16;
    private static final int SLOTS = 16;
    private static final int THOUSAND = 1000;
    private static final int TRICKLE = 500;
    private static final Duration BETWEEN = Duration.ofMillis(10);
    private static final int JOBS = 4;
    private static final int GROUP = 16;
    private static final int WARM_UP = 500;
    private static final double QUIET = 0.5;
    private static final JsonMapper JSON = new JsonMapper();

    private final int port;
    private final Path data;
    private final String key = System.getenv("ASSAY_KEY");
    private final UUID[] jobs = new UUID[JOBS];
    private final Map<String, Long> accepted = new ConcurrentHashMap<>();
    private final Map<String, Long> leased = new ConcurrentHashMap<>();

    private Runs(int port, Path data) {
        this.port = port;
        this.data = data;
    }

    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        new Runs(Integer.parseInt(arguments[0]), Path.of(arguments[1]))
                .measure(Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
    }

    private void measure(int runs, int finished) throws Exception {
        var load = load();
        deploy();
        bothAtOnce(WARM_UP);
        System.out.printf("%d runs, %d submitters, %d workers of %d slots; %d cores; load average before the start %.1f%n",
                runs, SUBMITTERS, WORKERS, SLOTS, Runtime.getRuntime().availableProcessors(), load);
        parts(runs);
        System.out.println("once more, the JVM being warm:");
        parts(runs);
        if (finished > 0) {
            fill(finished);
            System.out.printf("with %d finished runs in the tables:%n", finished);
            parts(runs);
        }
        if (load > QUIET) {
            System.out.println("THE MACHINE WAS NOT QUIET: read these figures beside each other, not by themselves");
        }
    }

    private void parts(int runs) throws Exception {
        var before = Cpu.now(data);
        newJobs();
        System.out.printf("one after the other: %.0f accepted/s", submit(runs).perSecond());
        leased.clear();
        var graded = grades();
        var begun = System.nanoTime();
        System.out.printf(", %.0f leased, renewed and reported/s", finish(runs).perSecond());
        System.out.printf(", %.0f graded/s%n", runs / awaitGrades(graded + runs, begun));
        var order = leased.values().stream().sorted().toList();
        if (runs >= 2 * THOUSAND) {
            System.out.printf("leased/s: %.0f of the first thousand, %.0f of the last%n",
                    THOUSAND * 1e9 / (order.get(THOUSAND - 1) - begun),
                    (THOUSAND - 1) * 1e9 / (order.getLast() - order.get(order.size() - THOUSAND)));
        }
        graded = grades();
        begun = System.nanoTime();
        var both = bothAtOnce(runs);
        System.out.printf("both at once: %.0f accepted/s, %.0f leased, renewed and reported/s, %.0f graded/s%n",
                both.get(0).perSecond(), both.get(1).perSecond(), runs / awaitGrades(graded + runs, begun));
        Cpu.now(data).since(before).print(2 * runs);
        System.out.printf("queue to lease, slots free: p50 %.1f ms, p95 %.1f ms%n", waits(0.5), waits(0.95));
    }

    /** One run at a time, while all workers wait: from when it is accepted until a worker has it. Run once; read for each quantile. */
    private double waits(double quantile) throws Exception {
        if (quantile == 0.5) {
            accepted.clear();
            leased.clear();
            newJobs();
            try (var threads = Executors.newFixedThreadPool(2)) {
                var finished = threads.submit(() -> finish(TRICKLE));
                var one = submission(new AtomicInteger(TRICKLE), BETWEEN);
                one.call();
                finished.get();
            }
        }
        var waits = accepted.entrySet().stream()
                .map(run -> Math.max(0, leased.get(run.getKey()) - run.getValue()))
                .sorted()
                .toList();
        return waits.get((int) (quantile * (waits.size() - 1))) / 1e6;
    }

    // ---------------------------------------------------------------- the database, from outside

    private Connection database() throws Exception {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + (port + 10) + "/assay", "assay",
                Files.readString(data.resolve("postgres-services-password")).strip());
    }

    private long grades() throws Exception {
        try (var database = database(); var found = database.createStatement().executeQuery("select count(*) from grading.grade")) {
            found.next();
            return found.getLong(1);
        }
    }

    private double awaitGrades(long wanted, long begun) throws Exception {
        while (grades() < wanted) {
            Thread.sleep(50);
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    /** Runs of long ago, of a job for each thousand; as rows, past the triggers that count. */
    private void fill(int finished) throws Exception {
        try (var database = database(); var statement = database.createStatement()) {
            statement.execute("""
                    alter table job.run disable trigger user;
                    insert into job.run (id, team_id, job_id, group_id, slug, environment, task, model, agent, state, status, attempt, revision,
                        reward, ended_by, created_at, started_at, ended_at)
                    select gen_random_uuid(), (select team_id from job.run limit 1), md5((n / 1000)::text)::uuid, 'group-' || n / 16,
                        'nothing-' || n / 16 %% 10, 'benchmark', 'nothing', 'none', 'openai_compatible', 'finished', 'completed', 1, 1, 1.0,
                        'worker', now(), now(), now()
                    from generate_series(1, %d) as n;
                    alter table job.run enable trigger user;
                    """.formatted(finished));
            statement.execute("vacuum analyze job.run");
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
        return together(SUBMITTERS, runs, number -> submission(left, Duration.ZERO));
    }

    private Callable<Void> submission(AtomicInteger left, Duration pause) {
        return () -> {
            try (var gateway = new Wire(port)) {
                for (var number = left.getAndDecrement(); number > 0; number = left.getAndDecrement()) {
                    var run = UUID.randomUUID();
                    gateway.post("/v2/rollouts/submit", key, """
                            {"trace_id": "%s", "job_id": "%s", "env": "benchmark", "task": "nothing", "slug": "nothing-%d",
                             "args": {"n": %d}, "agent": {"type": "openai_compatible", "config": {"model": "none"}},
                             "group_id": "group-%d"}"""
                                    .formatted(run, jobs[number % JOBS], number / GROUP % 10, number, number / GROUP))
                            .expect(201);
                    accepted.put(run.toString(), System.nanoTime());
                    Thread.sleep(pause);
                }
            }
            return null;
        };
    }

    /** An environment that has one task, as the worker of its build says. */
    private void deploy() throws Exception {
        try (var gateway = new Wire(port); var builds = new Wire(port + 1)) {
            var upload = JSON.readTree(gateway.post("/v2/builds/upload-url", key, "{}").expect(200).body());
            var address = URI.create(upload.get("upload_url").stringValue());
            var path = address.getRawPath() + (address.getRawQuery() == null ? "" : "?" + address.getRawQuery());
            gateway.send("PUT", path, key, "application/gzip", context());
            gateway.post("/v2/builds/trigger", key, """
                    {"source": "direct", "build_id": "%s", "name": "benchmark", "no_cache": false}"""
                            .formatted(upload.get("build_id").stringValue()))
                    .expect(200);
            var token = new Speaker(data, "builder", "environment-service").token();
            var lease = JSON.readTree(builds.post("/internal/builds/leases", token, "{\"waitMillis\": 5000}").expect(200).body());
            builds.post("/internal/builds/" + lease.get("build").stringValue() + "/outcome", token, """
                    {"attempt": %d, "succeeded": true, "error": null, "manifest": {"tasks": [{"id": "nothing", "args": {}}]}}"""
                            .formatted(lease.get("attempt").intValue()))
                    .expect(204);
        }
    }

    /** A gzipped tar with one file, which nobody will look at. */
    private static byte[] context() throws IOException {
        var tar = new byte[4 * 512];
        var fields = Map.of(0, "env.py", 100, "0000644", 108, "0000000", 116, "0000000", 124, "00000000001", 136, "00000000000",
                148, "        ", 156, "0", 257, "ustar");
        fields.forEach((at, text) -> System.arraycopy(text.getBytes(StandardCharsets.US_ASCII), 0, tar, at, text.length()));
        System.arraycopy("00".getBytes(StandardCharsets.US_ASCII), 0, tar, 263, 2);
        var sum = 0;
        for (var at = 0; at < 512; at++) {
            sum += tar[at];
        }
        System.arraycopy("%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII), 0, tar, 148, 8);
        tar[512] = '\n';
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(tar);
        }
        return bytes.toByteArray();
    }

    // ---------------------------------------------------------------- as a worker

    private Done finish(int runs) throws Exception {
        var left = new AtomicInteger(runs);
        return together(WORKERS, runs, number -> () -> {
            var speaker = new Speaker(data, "w" + number, "job-service");
            try (var service = new Wire(port + 2)) {
                while (left.get() > 0) {
                    var answer = service.post("/internal/leases", speaker.token(), """
                            {"ask": "%s", "free": %d, "kinds": ["process"], "waitMillis": 200}""".formatted(UUID.randomUUID(), SLOTS));
                    var leases = JSON.readTree(answer.expect(200).body()).path("leases").valueStream().toList();
                    if (!leases.isEmpty()) {
                        var at = System.nanoTime();
                        leases.forEach(lease -> leased.put(lease.get("run").stringValue(), at));
                        work(service, speaker, leases);
                        left.addAndGet(-leases.size());
                    }
                }
            }
            return null;
        });
    }

    /** Says once of all that their environments answer, and once how they ended, as a worker does of what ends at about the same time. */
    private static void work(Wire service, Speaker speaker, List<JsonNode> leases) throws IOException {
        var signs = leases.stream()
                .map(lease -> "{\"run\": \"%s\", \"attempt\": %d, \"phase\": \"running\"}"
                        .formatted(lease.get("run").stringValue(), lease.get("attempt").intValue()))
                .collect(Collectors.joining(", "));
        service.post("/internal/leases/renew", speaker.token(), "{\"leases\": [" + signs + "]}").expect(200);
        var outcomes = leases.stream()
                .map(lease -> """
                        {"run": "%s", "outcome": {"attempt": %d, "status": "completed", "stopReason": "done", "evaluation": {"score": 1.0},
                         "environmentVersion": 1, "timings": {"agent": 1}}}"""
                        .formatted(lease.get("run").stringValue(), lease.get("attempt").intValue()))
                .collect(Collectors.joining(", "));
        var taken = JSON.readTree(service.post("/internal/leases/outcomes", speaker.token(), "{\"outcomes\": [" + outcomes + "]}").expect(200).body());
        if (taken.get("taken").size() != leases.size()) {
            throw new IOException("of " + leases.size() + " outcomes were taken " + taken);
        }
    }

    // ---------------------------------------------------------------- counting

    private record Done(int what, double seconds) {

        double perSecond() {
            return what / seconds;
        }
    }

    /** Processor time in seconds. Unlike what is done a second, it hardly depends on who else uses the machine. */
    private record Cpu(double platform, double postgres) {

        static Cpu now(Path data) throws IOException {
            var postmaster = Long.parseLong(Files.readAllLines(data.resolve("postgres/postmaster.pid")).getFirst().strip());
            var platform = Long.parseLong(Files.readString(data.resolve("platform.pid")).strip());
            return new Cpu(Processors.ofOne(platform), Processors.ofTree(postmaster));
        }

        Cpu since(Cpu before) {
            return new Cpu(platform - before.platform, postgres - before.postgres);
        }

        void print(int runs) {
            System.out.printf("CPU ms a run: %.2f of the platform's process, %.2f of its Postgres%n", platform * 1000 / runs, postgres * 1000 / runs);
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

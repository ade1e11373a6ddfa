// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** A fleet that waits for work: the workers are stand-ins that ask and tell what a worker does. Postgres itself writes down each statement. */
public final class Idle {

    private static final int SLOTS = 16;
    private static final Duration REPORT = Duration.ofSeconds(5);
    private static final Duration SETTLE = Duration.ofSeconds(20);

    private final int port;
    private final Path data;
    private final AtomicLong answers = new AtomicLong();
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    private Idle(int port, Path data) {
        this.port = port;
        this.data = data;
    }

    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        new Idle(Integer.parseInt(arguments[0]), Path.of(arguments[1]))
                .measure(Integer.parseInt(arguments[2]), Duration.ofSeconds(Long.parseLong(arguments[3])));
        System.exit(0); // who still waits for an answer is not waited for
    }

    private void measure(int workers, Duration time) throws Exception {
        System.out.printf("%d cores; load average before the start %s%n", Runtime.getRuntime().availableProcessors(),
                Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
        writeDown("all");
        Thread.sleep(SETTLE);
        System.out.printf("no worker: %.1f statements/s%n", statements(time));
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        for (var number = 0; number < workers; number++) {
            work(threads, "idle-" + number);
        }
        Thread.sleep(SETTLE);
        answers.set(0);
        System.out.printf("%d workers, %d slots: %.1f statements/s", workers, workers * SLOTS, statements(time));
        System.out.printf(", %.1f of the workers' requests answered/s%n", answers.get() / (double) time.toSeconds());
        writeDown("none");
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private void work(ExecutorService threads, String name) {
        ask(threads, port + 2, new Speaker(data, name, "job-service"), "/internal/leases", """
                {"ask": "%s", "free": 16, "kinds": ["process"], "waitMillis": 15000, "isolation": "bubblewrap"}""", Duration.ZERO);
        ask(threads, port + 2, new Speaker(data, name, "job-service"), "/internal/sessions/leases", """
                {"ask": "%s", "free": 16, "kinds": ["process"], "waitMillis": 15000, "isolation": "bubblewrap"}""", Duration.ZERO);
        ask(threads, port + 1, new Speaker(data, name, "environment-service"), "/internal/builds/leases", """
                {"ask": "%s", "kinds": ["process"], "waitMillis": 15000}""", Duration.ZERO);
        ask(threads, port + 2, new Speaker(data, name, "job-service"), "/internal/workers/report", """
                {"state": "working", "version": "benchmark", "isolation": "bubblewrap", "kinds": ["process"],
                 "capacity": {"runs": 16, "sessions": 16, "cpus": 8, "memoryMb": 16000, "gpus": 0},
                 "holds": {"runs": 0, "sessions": 0, "builds": 0}, "spans": {"waitingBytes": 0, "lost": 0}, "folders": {},
                 "gives": {"memoryMb": 4096, "diskMb": 10240, "network": true}}""", REPORT);
    }

    /** One question after the other on one connection, as a worker asks. */
    private void ask(ExecutorService threads, int at, Speaker speaker, String path, String body, Duration pause) {
        threads.submit(() -> {
            try (var service = new Wire(at)) {
                while (failure.get() == null) {
                    var answer = service.post(path, speaker.token(), body.formatted(UUID.randomUUID()));
                    if (answer.status() / 100 != 2) {
                        throw new IOException(path + ": " + answer.status() + " " + answer.body());
                    }
                    answers.incrementAndGet();
                    Thread.sleep(pause);
                }
            } catch (Exception e) {
                failure.compareAndSet(null, e);
            }
            return null;
        });
    }

    // ---------------------------------------------------------------- the database, from outside

    private void writeDown(String statements) throws Exception {
        var password = Files.readString(data.resolve("postgres-password")).strip();
        try (var database = DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + (port + 10) + "/postgres", "postgres", password);
                var statement = database.createStatement()) {
            statement.execute("alter system set log_statement = '" + statements + "'");
            statement.execute("select pg_reload_conf()");
        }
    }

    private double statements(Duration time) throws Exception {
        var before = written();
        Thread.sleep(time);
        return (written() - before) / (double) time.toSeconds();
    }

    private long written() throws IOException {
        try (var lines = Files.lines(data.resolve("postgres.log"))) {
            return lines.filter(line -> line.contains("LOG:  execute ") || line.contains("LOG:  statement: ")).count();
        }
    }
}

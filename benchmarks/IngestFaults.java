// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Sends spans at a pace, has Postgres hang, then kills everything, and counts. Run by `benchmarks/ingest-faults`. */
public final class IngestFaults {

    private static final int SENDERS = 16;
    private static final int UPLOADS_OF_A_RUN = 10;
    private static final Duration WARM_UP = Duration.ofSeconds(60);
    private static final Duration QUIET = Duration.ofSeconds(20);
    private static final Duration LOOKS = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final int port;
    private final Path data;
    private final Path assay;
    private final int rate;
    private final Duration hangs;
    private final String key = System.getenv("ASSAY_KEY");
    private final String password;

    private IngestFaults(int port, Path data, int rate, int seconds) throws IOException {
        this.port = port;
        this.data = data;
        this.assay = Path.of(System.getProperty("benchmarks")).resolveSibling("assay");
        this.rate = rate;
        this.hangs = Duration.ofSeconds(seconds);
        this.password = Files.readString(data.resolve("postgres-services-password")).strip();
    }

    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        new IngestFaults(Integer.parseInt(arguments[0]), Path.of(arguments[1]), Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]))
                .measure();
    }

    private interface Fault {
        void happens() throws Exception;
    }

    private void measure() throws Exception {
        System.out.printf("%,d spans/s asked for, %d senders, %d spans an upload; %d cores; load average %s%n", rate, SENDERS, Ingest.SPANS,
                Runtime.getRuntime().availableProcessors(), Files.readString(Path.of("/proc/loadavg")).strip());
        new Load().during(() -> Thread.sleep(WARM_UP));
        System.out.println("| | acknowledged spans/s | p50 ms | p99 ms | longest ms | refused | connections cut | all readable after, s | lost | more than once |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|");
        var seen = new ArrayList<Long>();
        line("nothing", new Load(), () -> seen.addAll(untilSeen(QUIET)));
        line("Postgres hangs for " + hangs.toSeconds() + " s", new Load(), () -> {
            signal("-STOP", postgres());
            Thread.sleep(hangs);
            signal("-CONT", postgres());
        });
        var ready = new AtomicInteger();
        line("everything killed", new Load(), () -> {
            Thread.sleep(QUIET.dividedBy(2));
            kill();
            var begun = System.nanoTime();
            up();
            ready.set((int) ((System.nanoTime() - begun) / 1_000_000));
            Thread.sleep(QUIET.dividedBy(2));
        });
        seen.sort(null);
        System.out.printf("from its acknowledgement until a span was read, without a fault: median %d ms, longest of %d %d ms%n",
                seen.get(seen.size() / 2), seen.size(), seen.getLast());
        System.out.printf("ready %.1f s after `./assay up` was called, which waits until it is%n", ready.get() / 1000.0);
    }

    private void line(String fault, Load load, Fault happens) throws Exception {
        load.during(happens);
        var begun = System.nanoTime();
        long[] stored;
        do {
            stored = stored(load.runs);
        } while (stored[1] < load.acknowledged() && System.nanoTime() - begun < PATIENCE.toNanos());
        var seconds = (System.nanoTime() - begun) / 1e9;
        var nanos = load.nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf("| %s | %,.0f | %.1f | %.1f | %.0f | %d | %d | %.1f | %d | %d |%n", fault, load.acknowledged() / load.seconds,
                nanos[nanos.length / 2] / 1e6, nanos[(int) (0.99 * nanos.length)] / 1e6, nanos[nanos.length - 1] / 1e6, load.refused.get(),
                load.cut.get(), seconds, Math.max(0, load.acknowledged() - stored[1]), stored[0] - stored[1]);
    }

    // ---------------------------------------------------------------- the load

    /** Sixteen senders, each with an upload every so often once the one before has ended. What is not acknowledged is sent again until it is. */
    private final class Load {

        private final List<UUID> runs = new ArrayList<>();
        private final ConcurrentHashMap<UUID, AtomicInteger> acknowledged = new ConcurrentHashMap<>();
        private final ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
        private final AtomicInteger refused = new AtomicInteger();
        private final AtomicInteger cut = new AtomicInteger();
        private double seconds;
        private volatile boolean enough;

        void during(Fault fault) throws Exception {
            var begun = System.nanoTime();
            try (var senders = Executors.newFixedThreadPool(SENDERS)) {
                var sending = new ArrayList<Future<?>>();
                for (var sender = 0; sender < SENDERS; sender++) {
                    sending.add(senders.submit(this::send));
                }
                try {
                    fault.happens();
                } finally {
                    enough = true;
                }
                for (var one : sending) {
                    one.get();
                }
            }
            seconds = (System.nanoTime() - begun) / 1e9;
            runs.addAll(acknowledged.keySet());
        }

        long acknowledged() {
            return acknowledged.values().stream().mapToLong(uploads -> (long) uploads.get() * Ingest.SPANS).sum();
        }

        private void send() {
            var pause = (long) (1e9 * SENDERS * Ingest.SPANS / rate);
            var next = System.nanoTime() + (long) (Math.random() * pause);
            Wire wire = null;
            while (!enough) {
                var run = UUID.randomUUID();
                acknowledged.put(run, new AtomicInteger());
                for (var upload = 0; upload < UPLOADS_OF_A_RUN && !enough; upload++) {
                    sleepUntil(next);
                    next = Math.max(next + pause, System.nanoTime());
                    wire = untilAcknowledged(wire, run, Ingest.upload(run, upload * Ingest.SPANS));
                }
            }
        }

        private Wire untilAcknowledged(Wire kept, UUID run, byte[] body) {
            var wire = kept;
            var begun = System.nanoTime();
            while (true) {
                try {
                    wire = wire == null ? new Wire(port) : wire;
                    var status = wire.send("POST", Ingest.path(run), key, "application/json", body).status();
                    if (status / 100 == 4) {
                        throw new IllegalStateException("an upload is answered with " + status);
                    }
                    if (status == 204) {
                        nanos.add(System.nanoTime() - begun);
                        acknowledged.get(run).incrementAndGet();
                        return wire;
                    }
                    refused.incrementAndGet();
                } catch (IOException e) {
                    cut.incrementAndGet();
                    wire = null;
                }
                sleepUntil(System.nanoTime() + 200_000_000L);
            }
        }
    }

    private static void sleepUntil(long nanos) {
        for (var left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    // ---------------------------------------------------------------- reading

    /** How many milliseconds after its acknowledgement a span of a run of its own was there to be read, time and again. */
    private List<Long> untilSeen(Duration duration) throws Exception {
        var millis = new ArrayList<Long>();
        var end = System.nanoTime() + duration.toNanos();
        try (var wire = new Wire(port)) {
            while (System.nanoTime() < end) {
                var run = UUID.randomUUID();
                wire.send("POST", Ingest.path(run), key, "application/json", Ingest.upload(run, 0)).expect(204);
                var begun = System.nanoTime();
                while (!wire.send("GET", "/v2/trace/" + run + "/events", key, "application/json", new byte[0]).body().contains("call_1")) {
                    Thread.sleep(LOOKS);
                }
                millis.add((System.nanoTime() - begun) / 1_000_000);
                Thread.sleep(200);
            }
        }
        return millis;
    }

    /** How many rows there are of these runs, and how many spans. */
    private long[] stored(List<UUID> runs) throws SQLException {
        try (var connection = connect(); var count = connection.prepareStatement(
                "select count(*), count(distinct (run, span_id)) from trace.span where run = any (?)")) {
            count.setArray(1, connection.createArrayOf("uuid", runs.toArray(UUID[]::new)));
            try (var row = count.executeQuery()) {
                row.next();
                return new long[] {row.getLong(1), row.getLong(2)};
            }
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + (port + 10) + "/assay", "assay", password);
    }

    // ---------------------------------------------------------------- faults

    private Stream<ProcessHandle> postgres() throws IOException {
        var postmaster = Long.parseLong(Files.readAllLines(data.resolve("postgres/postmaster.pid")).getFirst().strip());
        return ProcessHandle.of(postmaster).stream().flatMap(one -> Stream.concat(Stream.of(one), one.descendants()));
    }

    private static void signal(String signal, Stream<ProcessHandle> processes) throws Exception {
        var command = new ArrayList<>(List.of("kill", signal));
        processes.forEach(one -> command.add(String.valueOf(one.pid())));
        new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    }

    private void kill() throws Exception {
        var platform = Long.parseLong(Files.readString(data.resolve("platform.pid")).strip());
        signal("-KILL", Stream.concat(ProcessHandle.of(platform).stream(), postgres()));
        ProcessHandle.of(platform).ifPresent(one -> one.onExit().orTimeout(10, TimeUnit.SECONDS).join());
    }

    private void up() throws Exception {
        var up = new ProcessBuilder(assay.toString(), "up").redirectErrorStream(true).redirectOutput(data.resolve("again.log").toFile()).start();
        if (up.waitFor() != 0) {
            throw new IllegalStateException(Files.readString(data.resolve("again.log")));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Sends the same OpenTelemetry exports to this platform, to MLflow and to Phoenix, and counts. Run by `benchmarks/ingest-peers`. */
public final class IngestPeers {

    private static final int SENDERS = 16;
    private static final int SPANS = 32;
    private static final int EXPORTS_OF_A_TRACE = 10;
    private static final Duration WARM_UP = Duration.ofMinutes(3);
    /** Of what compiles nothing as it runs. What it takes in and has not stored yet must be stored before it is measured. */
    private static final Duration SHORT_WARM_UP = Duration.ofSeconds(5);
    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final int port;
    private final Path data;
    private final Path bench;
    private final Duration length;
    private final String password;
    private final List<Process> processes = new ArrayList<>();

    private IngestPeers(int port, Path data, Path bench, int seconds) throws IOException {
        this.port = port;
        this.data = data;
        this.bench = bench;
        this.length = Duration.ofSeconds(seconds);
        this.password = Files.readString(data.resolve("postgres-services-password")).strip();
    }

    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        var peers = new IngestPeers(
                Integer.parseInt(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]), Integer.parseInt(arguments[3]));
        try {
            peers.measure();
        } finally {
            peers.processes.forEach(IngestPeers::end);
        }
    }

    /**
     * Where exports go.
     *
     * @param database where its spans are
     * @param count asks for how many they are
     */
    private record Target(String name, int port, String path, String header, String database, String count) {}

    private void measure() throws Exception {
        var targets = new ArrayList<Target>();
        targets.add(new Target("Assay", port, "/otlp/v1/traces", "Authorization: Bearer " + System.getenv("ASSAY_KEY"), "assay",
                "select count(*) from trace.span"));
        if (Files.exists(bench.resolve("mlflow/bin/mlflow"))) {
            targets.add(mlflow(port + 13));
        }
        if (Files.exists(bench.resolve("phoenix/bin/phoenix"))) {
            targets.add(phoenix(port + 14));
        }
        System.out.printf("%d senders, %d spans an export of %,d bytes (protobuf), %d exports a trace; %d s each after %d (peers %d); %d cores; load average %s%n",
                SENDERS, SPANS, export(UUID.randomUUID(), 0).length, EXPORTS_OF_A_TRACE, length.toSeconds(), WARM_UP.toSeconds(), SHORT_WARM_UP.toSeconds(),
                Runtime.getRuntime().availableProcessors(), Files.readString(Path.of("/proc/loadavg")).strip());
        System.out.println("| | acknowledged spans/s | p50 ms | p99 ms | readable spans/s | lost | refused exports | CPU µs a span, machine |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        for (var target : targets) {
            line(target, target.name().equals("Assay") ? WARM_UP : SHORT_WARM_UP);
        }
    }

    private void line(Target target, Duration warmUp) throws Exception {
        exports(target, warmUp);
        var settled = settled(target);
        var begun = System.nanoTime();
        var processor = Processors.ofMachine();
        var sent = exports(target, length);
        var sentAfter = (System.nanoTime() - begun) / 1e9;
        var stored = 0L;
        while ((stored = stored(target) - settled) < sent.spans() && System.nanoTime() - begun < length.plus(PATIENCE).toNanos()) {
            Thread.sleep(50);
        }
        var readableAfter = (System.nanoTime() - begun) / 1e9;
        processor = Processors.ofMachine() - processor;
        var nanos = sent.nanos().stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf("| %s | %,.0f | %.1f | %.1f | %,.0f | %,d | %d | %.0f |%n", target.name(), sent.spans() / sentAfter,
                nanos[nanos.length / 2] / 1e6, nanos[(int) (0.99 * nanos.length)] / 1e6, stored / readableAfter,
                Math.max(0, sent.spans() - stored), sent.refused(), processor * 1e6 / Math.max(1, sent.spans()));
    }

    /** What is there once nothing comes any more of what was sent to warm it up. */
    private long settled(Target target) throws Exception {
        var before = -1L;
        var now = stored(target);
        while (now != before) {
            Thread.sleep(5_000);
            before = now;
            now = stored(target);
        }
        return now;
    }

    private long stored(Target target) throws SQLException {
        try (var connection = connect(target.database()); var row = connection.createStatement().executeQuery(target.count())) {
            row.next();
            return row.getLong(1);
        }
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + (port + 10) + "/" + database, "assay", password);
    }

    // ---------------------------------------------------------------- the others, over the same Postgres

    private Target mlflow(int at) throws Exception {
        var url = database("mlflow");
        start(at, "/health", "mlflow", List.of("mlflow", "server", "--backend-store-uri", url, "--artifacts-destination",
                data.resolve("mlflow").toString(), "--host", "127.0.0.1", "--port", String.valueOf(at), "--workers", "2"));
        return new Target("MLflow", at, "/v1/traces", "x-mlflow-experiment-id: 0", "mlflow", "select count(*) from spans");
    }

    private Target phoenix(int at) throws Exception {
        var url = database("phoenix");
        start(at, "/healthz", "phoenix", List.of("phoenix", "serve"), "PHOENIX_SQL_DATABASE_URL", url, "PHOENIX_PORT", String.valueOf(at),
                "PHOENIX_GRPC_PORT", String.valueOf(at + 1), "PHOENIX_HOST", "127.0.0.1", "PHOENIX_WORKING_DIR",
                Files.createDirectories(data.resolve("phoenix")).toString(), "PHOENIX_TELEMETRY_ENABLED", "false");
        return new Target("Phoenix", at, "/v1/traces", "x-none: none", "phoenix", "select count(*) from spans");
    }

    /** The platform's own role makes no databases: whoever owns the cluster does. */
    private String database(String name) throws Exception {
        var operator = Files.readString(data.resolve("postgres-password")).strip();
        try (var connection = DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + (port + 10) + "/postgres", "postgres", operator);
                var statement = connection.createStatement()) {
            statement.execute("create database " + name + " owner assay");
        }
        return "postgresql://assay:" + password + "@127.0.0.1:" + (port + 10) + "/" + name;
    }

    private void start(int at, String health, String name, List<String> command, String... variables) throws Exception {
        var whole = new ArrayList<>(command);
        whole.set(0, bench.resolve(name).resolve("bin").resolve(command.getFirst()).toString());
        var builder = new ProcessBuilder(whole).redirectErrorStream(true).redirectOutput(data.resolve(name + ".log").toFile());
        builder.environment().put("PATH", bench.resolve(name).resolve("bin") + ":" + System.getenv("PATH"));
        for (var variable = 0; variable < variables.length; variable += 2) {
            builder.environment().put(variables[variable], variables[variable + 1]);
        }
        var process = builder.start();
        processes.add(process);
        var until = System.nanoTime() + START.toNanos();
        while (true) {
            try (var wire = new Wire(at)) {
                wire.send("GET", health, "none", "text/plain", new byte[0]).expect(200);
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > until) {
                    throw new IllegalStateException(name + " does not start:\n" + Files.readString(data.resolve(name + ".log")), e);
                }
                Thread.sleep(500);
            }
        }
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    // ---------------------------------------------------------------- sending

    private record Sent(long spans, long refused, List<Long> nanos) {}

    private static Sent exports(Target target, Duration duration) throws Exception {
        var end = System.nanoTime() + duration.toNanos();
        var spans = new AtomicLong();
        var refused = new AtomicLong();
        var nanos = new ArrayList<Long>();
        try (var threads = Executors.newFixedThreadPool(SENDERS)) {
            var all = new ArrayList<Future<List<Long>>>();
            for (var number = 0; number < SENDERS; number++) {
                all.add(threads.submit(() -> {
                    var mine = new ArrayList<Long>();
                    try (var wire = new Wire(target.port())) {
                        for (var export = 0; System.nanoTime() < end; export = 0) {
                            var trace = UUID.randomUUID();
                            for (; export < EXPORTS_OF_A_TRACE && System.nanoTime() < end; export++) {
                                var body = export(trace, export * SPANS);
                                var begun = System.nanoTime();
                                var status = wire.sendWith(target.header(), "POST", target.path(), "application/x-protobuf", body).status();
                                mine.add(System.nanoTime() - begun);
                                (status == 200 ? spans : refused).addAndGet(status == 200 ? SPANS : 1);
                            }
                        }
                    }
                    return mine;
                }));
            }
            for (var one : all) {
                nanos.addAll(one.get());
            }
        }
        return new Sent(spans.get(), refused.get(), nanos);
    }

    // ---------------------------------------------------------------- an export, as opentelemetry.proto has it

    private static byte[] export(UUID trace, int first) {
        var scope = new Message();
        scope.message(1, new Message().text(1, "benchmark"));
        for (var number = first; number < first + SPANS; number++) {
            scope.message(2, span(trace, number));
        }
        var resource = new Message().message(1, attribute("service.name", new Message().text(1, "benchmark")));
        return new Message().message(1, new Message().message(1, resource).message(2, scope)).bytes();
    }

    private static Message span(UUID trace, int number) {
        var at = (1_800_000_000L + number) * 1_000_000_000L;
        var text = Ingest.TEXTS[(trace.hashCode() + number & 0x7fffffff) % Ingest.TEXTS.length];
        var span = new Message()
                .bytes(1, ByteBuffer.allocate(16).putLong(trace.getMostSignificantBits()).putLong(trace.getLeastSignificantBits()).array())
                .bytes(2, id(trace, number));
        if (number > 0) {
            span.bytes(4, id(trace, 0));
        }
        span.text(5, "chat a-model").number(6, 1).fixed(7, at).fixed(8, at + 500_000_000L);
        Map.of("openinference.span.kind", "LLM", "llm.model_name", "a-model", "gen_ai.operation.name", "chat", "gen_ai.request.model", "a-model",
                        "session.id", trace.toString(), "llm.tools.0.tool.name", "bash", "input.value", "ls -l " + number, "output.value", text)
                .forEach((key, value) -> span.message(9, attribute(key, new Message().text(1, value))));
        span.message(9, attribute("llm.token_count.prompt", new Message().number(3, 1000)));
        span.message(9, attribute("llm.token_count.completion", new Message().number(3, 100)));
        return span.message(15, new Message().number(3, 1));
    }

    private static byte[] id(UUID trace, int number) {
        return ByteBuffer.allocate(8).putLong(trace.getLeastSignificantBits() ^ (number + 1) * 0x9E3779B97F4A7C15L).array();
    }

    private static Message attribute(String key, Message value) {
        return new Message().text(1, key).message(2, value);
    }

    /** A message of Protocol Buffers, as it is written. */
    private static final class Message {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        private Message varint(long value) {
            for (; (value & ~0x7FL) != 0; value >>>= 7) {
                out.write((int) (value & 0x7F | 0x80));
            }
            out.write((int) value);
            return this;
        }

        Message number(int field, long value) {
            return varint(field << 3).varint(value);
        }

        Message fixed(int field, long value) {
            varint(field << 3 | 1).out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
            return this;
        }

        Message bytes(int field, byte[] value) {
            varint(field << 3 | 2).varint(value.length).out.writeBytes(value);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return bytes(field, value.bytes());
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}

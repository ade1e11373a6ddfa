// SPDX-License-Identifier: Apache-2.0

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.postgresql.PGConnection;

/** Sends spans as the published client does, and counts. Run by `benchmarks/ingest`. */
public final class Ingest {

    private static final int SENDERS = 16;
    static final int SPANS = 32;
    private static final int UPLOADS_OF_A_RUN = 10;
    private static final int LARGE = 313 * SPANS;
    private static final int HUGE = 3125 * SPANS;
    private static final Duration WARM_UP = Duration.ofMinutes(3);

    private final int port;
    private final String key = System.getenv("ASSAY_KEY");
    private final Path data;
    private final Duration length;
    private final long most;
    private final String database;
    private final String password;

    private Ingest(int port, Path data, int seconds, long most) throws IOException {
        this.port = port;
        this.data = data;
        this.length = Duration.ofSeconds(seconds);
        this.most = most;
        this.database = "jdbc:postgresql://127.0.0.1:" + (port + 10) + "/assay";
        this.password = Files.readString(data.resolve("postgres-services-password")).strip();
    }

    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        new Ingest(Integer.parseInt(arguments[0]), Path.of(arguments[1]), Integer.parseInt(arguments[2]), Long.parseLong(arguments[3])).measure();
    }

    private void measure() throws Exception {
        System.out.printf("%d senders, %d spans of %d bytes an upload, %d uploads a run; %d s each; %d cores; load average %s%n",
                SENDERS, SPANS, span(UUID.randomUUID(), 1).length(), UPLOADS_OF_A_RUN, length.toSeconds(),
                Runtime.getRuntime().availableProcessors(), Files.readString(Path.of("/proc/loadavg")).strip());
        uploads(WARM_UP);
        uploadsAndReads();
        System.out.println("|  | rows/s | p50 ms | p99 ms | CPU µs a row |");
        System.out.println("|---|---|---|---|---|");
        for (var rows : new int[] {32, 1000}) {
            copies(rows, Duration.ofSeconds(3));
            var before = Cpu.now(data);
            var copied = copies(rows, length);
            line("COPY, " + rows + " rows a transaction (CPU: Postgres)", copied, Cpu.now(data).since(before).postgres());
        }
        execute("drop table public.peer");
        if (most > 0) {
            fill();
            uploads(WARM_UP.dividedBy(3));
            uploadsAndReads();
        }
    }

    private void uploadsAndReads() throws Exception {
        System.out.printf("%nwith %,d spans in the table of the day:%n", spansOfTheDay());
        var before = Cpu.now(data);
        var sent = uploads(length);
        var cpu = Cpu.now(data).since(before);
        var complete = awaitStored(sent.acknowledged());
        System.out.println("|  | spans/s | p50 ms | p99 ms | CPU µs a span |");
        System.out.println("|---|---|---|---|---|");
        line("uploads (CPU: the platform and its Postgres)", sent, cpu.platform());
        System.out.printf("lost %d, more than once %d, refused uploads %d; all readable %d ms after the last acknowledgement%n",
                complete.lost(), complete.doubled(), sent.refused(), complete.millis());
        System.out.printf("during the uploads: platform %.2f cores, Postgres %.2f, this generator %.2f, all else on the machine %.2f%n",
                cpu.cores(cpu.platform() - cpu.postgres()), cpu.cores(cpu.postgres()), cpu.cores(cpu.own()), cpu.cores(cpu.others()));
        if (cpu.cores(cpu.others()) > 0.1) {
            System.out.println("THE MACHINE WAS NOT QUIET: read these figures beside each other, not by themselves");
        }
        readLarge();
        System.out.println();
    }

    private static void line(String what, Sent sent, double cpuSeconds) {
        System.out.printf("| %s | %,.0f | %.1f | %.1f | %.0f |%n", what, sent.acknowledged().spans() / sent.seconds(),
                sent.millis(0.5), sent.millis(0.99), cpuSeconds * 1e6 / sent.acknowledged().spans());
    }

    // ---------------------------------------------------------------- sending

    /** Runs of which everything was acknowledged, and how many spans that is. */
    private record Acknowledged(List<UUID> runs, long spans) {}

    private record Sent(Acknowledged acknowledged, long refused, double seconds, long[] sortedNanos) {
        double millis(double quantile) {
            return sortedNanos[(int) Math.min(sortedNanos.length - 1, quantile * sortedNanos.length)] / 1e6;
        }
    }

    private record One(List<UUID> runs, long spans, long refused, List<Long> nanos) {}

    private Sent uploads(Duration duration) throws Exception {
        var end = System.nanoTime() + duration.toNanos();
        return all(() -> {
            var one = new One(new ArrayList<>(), 0, 0, new ArrayList<>());
            var spans = 0L;
            var refused = 0L;
            try (var connection = new Wire(port)) {
                while (System.nanoTime() < end) {
                    var run = UUID.randomUUID();
                    one.runs().add(run);
                    for (var upload = 0; upload < UPLOADS_OF_A_RUN && System.nanoTime() < end; upload++) {
                        var body = upload(run, upload * SPANS);
                        var begun = System.nanoTime();
                        var status = connection.send("POST", path(run), key, "application/json", body).status();
                        one.nanos().add(System.nanoTime() - begun);
                        spans += status == 204 ? SPANS : 0;
                        refused += status == 204 ? 0 : 1;
                    }
                }
            }
            return new One(one.runs(), spans, refused, one.nanos());
        });
    }

    private static Sent all(Callable<One> sender) throws Exception {
        var begun = System.nanoTime();
        var ones = new ArrayList<One>();
        try (var threads = Executors.newFixedThreadPool(SENDERS)) {
            var all = new ArrayList<Future<One>>();
            for (var number = 0; number < SENDERS; number++) {
                all.add(threads.submit(sender));
            }
            for (var one : all) {
                ones.add(one.get());
            }
        }
        var seconds = (System.nanoTime() - begun) / 1e9;
        var nanos = ones.stream().flatMap(one -> one.nanos().stream()).mapToLong(Long::longValue).sorted().toArray();
        var runs = ones.stream().flatMap(one -> one.runs().stream()).toList();
        var acknowledged = new Acknowledged(runs, ones.stream().mapToLong(One::spans).sum());
        return new Sent(acknowledged, ones.stream().mapToLong(One::refused).sum(), seconds, nanos);
    }

    static String path(UUID run) {
        return "/telemetry/v3/api/trace/" + run + "/telemetry-upload";
    }

    static byte[] upload(UUID run, int first) {
        var body = new StringBuilder("{\"telemetry\":[");
        for (var number = 0; number < SPANS; number++) {
            body.append(number == 0 ? "" : ",").append(span(run, first + number));
        }
        return body.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static final String[] WORDS = ("the of and to in is that it was for on are as with his they at be this have from or one "
            + "had by word but not what all were we when your can said there use an each which she do "
            + "how their if will up other about out many then them these so some her would make like "
            + "him into time has look two more write go see number no way could people my than first")
            .split(" ");

    /** About a thousand bytes of text that is neither random nor always the same. */
    private static String text(long seed) {
        var random = new Random(seed);
        var text = new StringBuilder(1000);
        while (text.length() < 980) {
            text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
        }
        return text.toString();
    }

    static final String[] TEXTS = LongStream.range(0, 512).mapToObj(Ingest::text).toArray(String[]::new);

    private static final String SPAN =
            """
            {"name":"step.agent","trace_id":"TRACE","span_id":"SPAN","parent_span_id":null,"kind":"INTERNAL","start_time":"TIME",\
            "end_time":"TIME","status_code":"OK","status_message":null,"attributes":{"hud.task_run_id":"RUN","hud.schema":"hud.step.v1",\
            "hud.payload":{"step_id":NUMBER,"source":"agent","messages":[],"content":"TEXT","tool_calls":[{"id":"call_NUMBER",\
            "name":"bash","arguments":{"command":"ls -l"}}],"done":false,"model":"a-model",\
            "usage":{"prompt_tokens":1000,"completion_tokens":100},"extra":{}}},"events":[]}""";

    private static String span(UUID run, int number) {
        var id = HexFormat.of().toHexDigits(run.getLeastSignificantBits() ^ (number + 1) * 0x9E3779B97F4A7C15L);
        return SPAN.replace("TRACE", run.toString().replace("-", ""))
                .replace("SPAN", id)
                .replace("TIME", Instant.ofEpochSecond(1_800_000_000L + number).toString())
                .replace("RUN", run.toString())
                .replace("NUMBER", String.valueOf(number + 1))
                .replace("TEXT", TEXTS[(id.hashCode() & 0x7fffffff) % TEXTS.length]);
    }

    // ---------------------------------------------------------------- counting

    private record Complete(long lost, long doubled, long millis) {}

    private Complete awaitStored(Acknowledged acknowledged) throws Exception {
        var begun = System.nanoTime();
        var runs = acknowledged.runs().toArray(UUID[]::new);
        try (var connection = connect(); var count = connection.prepareStatement(
                "select count(*), count(distinct (run, span_id)) from trace.span where run = any (?)")) {
            count.setArray(1, connection.createArrayOf("uuid", runs));
            while (true) {
                var asked = System.nanoTime();
                try (var row = count.executeQuery()) {
                    row.next();
                    var lost = acknowledged.spans() - row.getLong(2);
                    if (lost <= 0 || asked - begun > Duration.ofMinutes(1).toNanos()) {
                        return new Complete(Math.max(0, lost), row.getLong(1) - row.getLong(2), (asked - begun) / 1_000_000);
                    }
                }
            }
        }
    }

    private long spansOfTheDay() throws SQLException {
        try (var connection = connect(); var statement = connection.createStatement();
                var row = statement.executeQuery("select count(*) from " + today())) {
            row.next();
            return row.getLong(1);
        }
    }

    private static String today() {
        return "trace.span_" + LocalDate.now(ZoneOffset.UTC).toString().replace("-", "");
    }

    private void execute(String sql) throws SQLException {
        try (var connection = connect(); var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** So many spans as were to be there, in runs of 320: small ones, since the indexes are what grows with their number. */
    private void fill() throws Exception {
        var missing = new AtomicLong(most - spansOfTheDay());
        Callable<Void> filler = () -> {
            try (var connection = connect(); var insert = connection.prepareStatement("""
                    insert into trace.span (day, run, team, span_id, seq, attempt, name, schema, step_id, started_at, ended_at, received_at,
                        tool, failed, size, body)
                    select current_date, run, (select team from trace.span limit 1), lpad(to_hex(n * 2654435761), 16, '0'), n, 0,
                        'step.agent', 'hud.step.v1', n, now(), now(), now(), 'bash', false, 2, '{}'
                    from (select gen_random_uuid() as run from generate_series(1, 313)) runs, generate_series(1, 320) n""")) {
                while (missing.getAndAdd(-313 * 320) > 0) {
                    insert.execute();
                }
            }
            return null;
        };
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (var filled : threads.invokeAll(List.of(filler, filler))) {
                filled.get();
            }
        }
        execute("vacuum (analyze) " + today());
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(database, "assay", password);
    }

    /** The same rows into a table like that of the spans, in the same Postgres, with nothing in between. */
    private Sent copies(int rows, Duration duration) throws Exception {
        try (var connection = connect(); var statement = connection.createStatement()) {
            statement.execute("drop table if exists public.peer; create table public.peer (like trace.span including all)");
        }
        var end = System.nanoTime() + duration.toNanos();
        return all(() -> {
            var one = new One(new ArrayList<>(), 0, 0, new ArrayList<>());
            var spans = 0L;
            try (var connection = connect()) {
                var copy = connection.unwrap(PGConnection.class).getCopyAPI();
                while (System.nanoTime() < end) {
                    var batch = batch(UUID.randomUUID(), rows);
                    var begun = System.nanoTime();
                    copy.copyIn("copy public.peer (day, run, team, span_id, seq, attempt, name, schema, step_id, started_at, ended_at, "
                            + "received_at, tool, failed, size, body) from stdin", new ByteArrayInputStream(batch));
                    one.nanos().add(System.nanoTime() - begun);
                    spans += rows;
                }
            }
            return new One(one.runs(), spans, 0, one.nanos());
        });
    }

    private static byte[] batch(UUID run, int rows) {
        var text = new StringBuilder();
        for (var number = 0; number < rows; number++) {
            var span = span(run, number);
            text.append("2026-01-01\t").append(run).append('\t').append(run).append("\ts").append(number).append('\t').append(number)
                    .append("\t0\tstep.agent\thud.step.v1\t").append(number)
                    .append("\t2026-01-01T00:00:00Z\t2026-01-01T00:00:00Z\t2026-01-01T00:00:00Z\tbash\tf\t").append(span.length())
                    .append('\t').append(span).append('\n'); // bytea takes ASCII as it stands
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** A run of ten thousand spans, read whole, and the beginning of one of a hundred thousand. */
    private void readLarge() throws Exception {
        read("read whole (/events)", LARGE, "/v2/trace/" + stored(LARGE) + "/events");
        read("its first page (/timeline)", HUGE, "/v2/trace/" + stored(HUGE) + "/timeline");
    }

    private UUID stored(int spans) throws Exception {
        var run = UUID.randomUUID();
        try (var connection = new Wire(port)) {
            for (var first = 0; first < spans; first += SPANS) {
                connection.send("POST", path(run), key, "application/json", upload(run, first)).expect(204);
            }
        }
        awaitStored(new Acknowledged(List.of(run), spans));
        return run;
    }

    private void read(String what, int spans, String path) throws IOException {
        var millis = new ArrayList<Double>();
        var bytes = 0;
        for (var time = 0; time < 15; time++) {
            var begun = System.nanoTime();
            try (var connection = new Wire(port)) {
                bytes = connection.send("GET", path, key, "application/json", new byte[0]).expect(200).body().length();
            }
            millis.add((System.nanoTime() - begun) / 1e6);
        }
        System.out.printf("a run of %,d spans, %s: first %.0f ms, median of %d %.0f ms, %,d bytes%n",
                spans, what, millis.getFirst(), millis.size(), millis.stream().sorted().toList().get(millis.size() / 2), bytes);
    }

    // ---------------------------------------------------------------- processors

    /** Seconds of processor time: of the platform with its Postgres, of that alone, of this process, of all others; and of the clock. */
    private record Cpu(double platform, double postgres, double own, double others, double clock) {

        static Cpu now(Path data) throws IOException {
            var postmaster = Long.parseLong(Files.readAllLines(data.resolve("postgres/postmaster.pid")).getFirst().strip());
            var postgres = Processors.ofTree(postmaster);
            var platform = Processors.ofOne(Long.parseLong(Files.readString(data.resolve("platform.pid")).strip())) + postgres;
            var own = Processors.ofOne(ProcessHandle.current().pid());
            return new Cpu(platform, postgres, own, Processors.ofMachine() - platform - own, System.nanoTime() / 1e9);
        }

        Cpu since(Cpu before) {
            return new Cpu(
                    platform - before.platform, postgres - before.postgres, own - before.own, others - before.others, clock - before.clock);
        }

        double cores(double seconds) {
            return seconds / clock;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Puts gateways beside each other, over the same upstream and in one run. Run by `benchmarks/gateway`. */
public final class Gateways {

    private static final String ALL = "all";
    private static final String DIRECT = "direct";
    private static final String ASSAY = "assay";
    private static final double QUIET = 0.1;
    /** Whatever compiles as it runs is to have done so before the first load counts: these run for weeks. */
    private static final Duration WARM = Duration.ofSeconds(20);
    private static final Duration SETTLED = Duration.ofSeconds(5);
    private static final Pattern PSS = Pattern.compile("(?m)^Pss: +(\\d+) kB$");

    private static final ModelLoad.Load WARMING = new ModelLoad.Load("json-16", "m", 16, 1);
    private static final List<ModelLoad.Load> LOADS = List.of(
            new ModelLoad.Load("json-1", "m", 1, 1),
            WARMING,
            new ModelLoad.Load("json-128", "m", 128, 1),
            new ModelLoad.Load("50ms-16", "m-ms50", 16, 1),
            new ModelLoad.Load("50ms-128", "m-ms50", 128, 1),
            new ModelLoad.Load("200x5ms", "m-c200g5", 200, 1),
            new ModelLoad.Load("512x20ms", "m-c200g20", 512, 1),
            new ModelLoad.Load("1mb-4", "m", 4, 1024));

    private final Peers peers;
    private final Process standIn;
    private final Duration length;
    private final SequencedMap<String, Peers.Peer> running = new LinkedHashMap<>();
    private final SequencedMap<String, String> missing = new LinkedHashMap<>();
    private long ours;
    private boolean quiet = true;

    private Gateways(Peers peers, Process standIn, Duration length) {
        this.peers = peers;
        this.standIn = standIn;
        this.length = length;
    }

    /** What the loads call models. */
    static List<String> models() {
        return LOADS.stream().map(ModelLoad.Load::model).distinct().toList();
    }

    /** Arguments: folder of installed peers, the gateway's unpacked jar, a folder to throw away, seconds, loads, peers. */
    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        var own = Path.of(arguments[2]);
        var loads = LOADS.stream().filter(load -> chosen(arguments[4]).contains(load.name()) || arguments[4].equals(ALL)).toList();
        var upstream = Peers.freePort();
        var standIn = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-Xmx512m",
                "-cp", own.resolve("classes").toString(), "ModelStandIn", "" + upstream).inheritIO().start();
        try (var peers = new Peers(Path.of(arguments[0]), Path.of(arguments[1]), own, upstream)) {
            new Gateways(peers, standIn, Duration.ofSeconds(Long.parseLong(arguments[3]))).measure(loads, chosen(arguments[5]));
        } finally {
            standIn.destroyForcibly();
        }
    }

    private static List<String> chosen(String names) {
        return List.of(names.split(","));
    }

    private void measure(List<ModelLoad.Load> loads, List<String> wanted) throws Exception {
        System.out.printf("%s; %d cores; JDK %s; %d s each after %d s of warming up; load average %s%n",
                System.getProperty("os.name") + " " + System.getProperty("os.version"), Runtime.getRuntime().availableProcessors(),
                Runtime.version(), length.toSeconds(), warmUp().toSeconds(), Files.readString(Path.of("/proc/loadavg")).strip());
        for (var name : wanted) {
            try {
                running.put(name, peers.start(name));
            } catch (Peers.MissingException e) {
                missing.put(name, e.getMessage());
            }
        }
        for (var peer : running.values()) {
            var warming = ModelLoad.run(peer.url(), peer.headers(), WARMING, WARM, Duration.ZERO, () -> {}, () -> {});
            ours += peer.name().equals(ASSAY) ? warming.all() : 0;
        }
        for (var load : loads) {
            print(load, measured(load));
        }
        printMemory();
        if (ours > 0) {
            Thread.sleep(SETTLED);
            System.out.printf("%nassay: %,d calls answered; %,d calls told as spans, those that the end of a load cut included%n",
                    ours, peers.spans());
        }
        missing.forEach((name, why) -> System.out.printf("%nnot measured: %s (%s)%n", name, why));
        if (!quiet) {
            System.out.println("\nTHE MACHINE WAS NOT QUIET where `others` has a mark: read these figures beside each other,"
                    + " not by themselves");
        }
    }

    private Duration warmUp() {
        return length.dividedBy(2);
    }

    // ---------------------------------------------------------------- measuring

    /**
     * @param cpu seconds of processor time that the peer took @param database and its database
     * @param others cores that were busy with none of this
     */
    private record Row(ModelLoad.Result result, double cpu, double database, double others) {

        double perSecond() {
            return result.answers() / result.seconds();
        }

        double chunksPerSecond() {
            return result.delay().length / result.seconds();
        }

        double micros(double seconds) {
            var units = result.delay().length == 0 ? result.answers() : result.delay().length;
            return units == 0 ? Double.NaN : seconds * 1e6 / units;
        }
    }

    private Map<String, Row> measured(ModelLoad.Load load) throws IOException {
        var rows = new LinkedHashMap<String, Row>();
        for (var peer : running.values()) {
            var cpu = new Cpu[2];
            var result = ModelLoad.run(peer.url(), peer.headers(), load, warmUp(), length,
                    () -> cpu[0] = cpu(peer), () -> cpu[1] = cpu(peer));
            var others = (cpu[1].others() - cpu[0].others()) / result.seconds();
            quiet &= others <= QUIET;
            ours += peer.name().equals(ASSAY) ? result.all() : 0;
            rows.put(peer.name(), new Row(result, cpu[1].peer() - cpu[0].peer(), cpu[1].database() - cpu[0].database(), others));
        }
        return rows;
    }

    /** Seconds of processor time until now. */
    private record Cpu(double peer, double database, double others) {}

    private Cpu cpu(Peers.Peer peer) {
        try {
            var ours = Processors.ofOne(ProcessHandle.current().pid()) + Processors.ofOne(standIn.pid())
                    + running.values().stream().mapToDouble(each -> each.cpu() + each.databaseCpu()).sum();
            return new Cpu(peer.cpu(), peer.databaseCpu(), Processors.ofMachine() - ours);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---------------------------------------------------------------- the tables

    private void print(ModelLoad.Load load, Map<String, Row> rows) {
        System.out.printf("%n%s: %d connections, model %s, %,d KiB of conversation%n%n",
                load.name(), load.connections(), load.model(), load.kilobytes());
        if (load.streams()) {
            printStreams(rows);
        } else {
            printWhole(rows);
        }
        rows.forEach((name, row) -> {
            if (row.result().failed() > 0) {
                System.out.printf("%n%s: %d calls failed, the first: %s%n", name, row.result().failed(), row.result().refusal());
            }
        });
    }

    private static void printWhole(Map<String, Row> rows) {
        var direct = rows.get(DIRECT);
        var assay = rows.get(ASSAY);
        System.out.println("""
                | | calls/s | p50 ms | p99 ms | added p50 | added p99 | CPU µs a call | its database | others, cores | assay is |
                |---|---|---|---|---|---|---|---|---|---|""");
        rows.forEach((name, row) -> {
            var whole = row.result().whole();
            var median = ModelLoad.Result.millis(whole, 0.5);
            var slow = ModelLoad.Result.millis(whole, 0.99);
            System.out.printf("| %s | %,.0f | %.2f | %.2f | %s | %s | %s | %s | %s | %s |%n", name, row.perSecond(), median, slow,
                    added(direct, row, 0.5), added(direct, row, 0.99), number("%.0f", row.micros(row.cpu())),
                    number("%.0f", row.micros(row.database())), others(row), times(direct, assay, row));
        });
    }

    private static void printStreams(Map<String, Row> rows) {
        var direct = rows.get(DIRECT);
        System.out.println("""
                | | chunks/s | of direct | first chunk p50 ms | delay p50 ms | p99 ms | CPU µs a chunk | its database | others, cores |
                |---|---|---|---|---|---|---|---|---|""");
        rows.forEach((name, row) -> System.out.printf("| %s | %,.0f | %s | %.1f | %.2f | %.1f | %s | %s | %s |%n",
                name, row.chunksPerSecond(), ofDirect(direct, row),
                ModelLoad.Result.millis(row.result().first(), 0.5), ModelLoad.Result.millis(row.result().delay(), 0.5),
                ModelLoad.Result.millis(row.result().delay(), 0.99), number("%.1f", row.micros(row.cpu())),
                number("%.1f", row.micros(row.database())), others(row)));
    }

    private static String ofDirect(Row direct, Row row) {
        return direct == null ? "" : number("%.1f %%", 100 * row.chunksPerSecond() / direct.chunksPerSecond());
    }

    private static String added(Row direct, Row row, double quantile) {
        return direct == null || direct == row ? "" : "%.2f".formatted(
                ModelLoad.Result.millis(row.result().whole(), quantile) - ModelLoad.Result.millis(direct.result().whole(), quantile));
    }

    private static String number(String format, double number) {
        return number > 0 ? format.formatted(number) : "";
    }

    private static String others(Row row) {
        return "%.2f%s".formatted(Math.max(0, row.others()), row.others() > QUIET ? " !" : "");
    }

    private static String times(Row direct, Row assay, Row row) {
        var compared = assay != null && row != assay && row != direct && row.perSecond() > 0;
        return compared ? "× %.2f".formatted(assay.perSecond() / row.perSecond()) : "";
    }

    private void printMemory() throws IOException {
        System.out.printf("%nafter all of it%n%n| | ready after s | MiB | its database |%n|---|---|---|---|%n");
        for (var peer : running.values()) {
            if (peer.process() >= 0) {
                System.out.printf("| %s | %.1f | %.0f | %s |%n", peer.name(), peer.startSeconds(), mebibytes(peer.process()),
                        number("%.0f", peer.database() < 0 ? 0 : mebibytes(peer.database())));
            }
        }
    }

    /** Of a process and all that came from it; what several share is counted once. */
    private static double mebibytes(long process) throws IOException {
        var sum = 0L;
        var children = ProcessHandle.of(process).stream().flatMap(ProcessHandle::descendants).map(ProcessHandle::pid);
        for (var each : Stream.concat(Stream.of(process), children).toList()) {
            var told = PSS.matcher(Files.readString(Path.of("/proc/" + each + "/smaps_rollup")));
            sum += told.find() ? Long.parseLong(told.group(1)) : 0;
        }
        return sum / 1024.0;
    }
}

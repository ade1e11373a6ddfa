// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/** Carries bytes through tunnels and through plain relays, and counts. Run by `benchmarks/tunnel`. */
public final class Tunnels implements AutoCloseable {

    private static final int MANY = 16;
    private static final int TRIPS = 4000;
    private static final int LETTER = 64;
    private static final double QUIET = 0.5;
    private static final int WORKER_AFTER_GATEWAY = 19;

    /** In the order of their ports. */
    private static final List<String> SERVICES = List.of("environment", "job", "grading", "trace", "training");

    private final int port;
    private final Path data;
    private final String key = System.getenv("ASSAY_KEY");
    private final JsonMapper json = new JsonMapper();
    private final List<Process> processes = new ArrayList<>();
    private final EnvironmentStandIn environment = new EnvironmentStandIn();

    private Tunnels(int port, Path data) throws IOException {
        this.port = port;
        this.data = data;
    }

    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        try (var tunnels = new Tunnels(Integer.parseInt(arguments[0]), Path.of(arguments[1]))) {
            tunnels.measure(
                    Long.parseLong(arguments[2]) << 20, Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]));
        }
        System.exit(0); // who still waits in a thread is not waited for
    }

    private void measure(long bytes, int rounds, int sessions) throws Exception {
        var load = Files.readString(Path.of("/proc/loadavg")).strip();
        System.out.printf("%d MiB a load, %d rounds; %d cores; load average before the start %s%n",
                bytes >> 20, rounds, java.lang.Runtime.getRuntime().availableProcessors(), load);
        startWorker(sessions);
        deploy();
        var session = open();
        var stays = tunnel(session); // a session that nobody is connected to ends
        var peers = new LinkedHashMap<String, Peer>();
        peers.put("direct", new Peer(() -> new Pipe(environment.port()), List.of()));
        peers.put("java relays", relays("java"));
        if (Files.isExecutable(Path.of("/usr/bin/socat"))) {
            peers.put("socat", relays("socat"));
        }
        var platform = Long.parseLong(Files.readString(data.resolve("platform.pid")).strip());
        peers.put("assay", new Peer(() -> tunnel(session), List.of(platform, processes.getFirst().pid())));

        var table = new LinkedHashMap<String, Map<String, List<double[]>>>();
        for (var round = -1; round < rounds; round++) { // the first counts for nothing: some compile as they run
            for (var peer : peers.entrySet()) {
                for (var kind : Load.values()) {
                    var got = run(peer.getValue(), kind, bytes);
                    if (round >= 0) {
                        table.computeIfAbsent(kind.text, any -> new LinkedHashMap<>())
                                .computeIfAbsent(peer.getKey(), any -> new ArrayList<>()).add(got);
                    }
                }
            }
        }
        System.out.println("| load | through | MiB/s (each round) | CPU ms a MiB | round trip p50 µs | p99 µs |");
        System.out.println("|---|---|---|---|---|---|");
        table.forEach((what, lines) -> lines.forEach((peer, got) -> print(what, peer, got)));
        stays.close();
        atOnce(sessions);
        if (Double.parseDouble(load.split(" ")[0]) > QUIET) {
            System.out.println("THE MACHINE WAS NOT QUIET: read these figures beside each other, not by themselves");
        }
    }

    private static void print(String load, String peer, List<double[]> rounds) {
        if (of(rounds, 0) == 0) {
            System.out.printf("| %s | %s | | | %.0f | %.0f |%n", load, peer, of(rounds, 2), of(rounds, 3));
            return;
        }
        var each = rounds.stream().map(got -> "%.0f".formatted(got[0])).toList();
        System.out.printf("| %s | %s | %.0f (%s) | %.2f | | |%n", load, peer, of(rounds, 0), String.join(", ", each), of(rounds, 1));
    }

    private static double of(List<double[]> rounds, int column) {
        return rounds.stream().mapToDouble(got -> got[column]).sorted().skip(rounds.size() / 2).findFirst().orElse(0);
    }

    // ---------------------------------------------------------------- loads

    private enum Load {
        UP_1("up, 1 connection", EnvironmentStandIn.TAKE, 1),
        DOWN_1("down, 1 connection", EnvironmentStandIn.GIVE, 1),
        UP_16("up, 16 connections", EnvironmentStandIn.TAKE, MANY),
        DOWN_16("down, 16 connections", EnvironmentStandIn.GIVE, MANY),
        TRIPS_1("round trips, 1 connection", EnvironmentStandIn.ECHO, 1),
        TRIPS_16("round trips, 16 connections", EnvironmentStandIn.ECHO, MANY);

        private final String text;
        private final char what;
        private final int connections;

        Load(String text, char what, int connections) {
            this.text = text;
            this.what = what;
            this.connections = connections;
        }
    }

    private record Peer(Callable<Pipe> dial, List<Long> hops) {

        double cpu() {
            return hops.stream().mapToDouble(Processors::ofTree).sum();
        }
    }

    /** MiB/s, CPU ms a MiB, p50 and p99 of round trips in µs; 0 where it is none. */
    private double[] run(Peer peer, Load load, long bytes) throws Exception {
        var pipes = new ArrayList<Pipe>();
        try {
            for (var number = 0; number < load.connections; number++) {
                pipes.add(peer.dial().call());
            }
            if (load.what == EnvironmentStandIn.ECHO) {
                var trips = trips(pipes, TRIPS / load.connections);
                return new double[] {0, 0, trips[trips.length / 2] / 1e3, trips[trips.length * 99 / 100] / 1e3};
            }
            var cpu = peer.cpu();
            var begun = System.nanoTime();
            together(pipes, pipe -> {
                carry(pipe, load.what, bytes / load.connections);
                return new long[0];
            });
            var mebibytes = (bytes >> 20) + 0.0;
            return new double[] {mebibytes / ((System.nanoTime() - begun) / 1e9), (peer.cpu() - cpu) * 1000 / mebibytes, 0, 0};
        } finally {
            for (var pipe : pipes) {
                pipe.close();
            }
        }
    }

    private static void carry(Pipe pipe, char what, long bytes) throws IOException {
        var buffer = new byte[EnvironmentStandIn.CHUNK];
        pipe.ask(what, bytes);
        if (what == EnvironmentStandIn.GIVE) {
            pipe.take(buffer, bytes);
            return;
        }
        for (var left = bytes; left > 0; left -= buffer.length) {
            pipe.write(buffer, (int) Math.min(left, buffer.length));
        }
        pipe.take(buffer, 1);
    }

    /** How long each took, sorted. */
    private static long[] trips(List<Pipe> pipes, int each) throws Exception {
        var all = together(pipes, pipe -> {
            var buffer = new byte[LETTER];
            var took = new long[each];
            pipe.ask(EnvironmentStandIn.ECHO, (long) each * LETTER);
            for (var trip = 0; trip < each; trip++) {
                var begun = System.nanoTime();
                pipe.write(buffer, LETTER);
                pipe.take(buffer, LETTER);
                took[trip] = System.nanoTime() - begun;
            }
            return took;
        });
        var sorted = all.stream().flatMapToLong(Arrays::stream).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    private interface Use {
        long[] of(Pipe pipe) throws Exception;
    }

    private static List<long[]> together(List<Pipe> pipes, Use use) throws Exception {
        var all = pipes.stream().map(pipe -> (Callable<long[]>) () -> use.of(pipe)).toList();
        try (var threads = Executors.newFixedThreadPool(pipes.size())) {
            var results = new ArrayList<long[]>();
            for (var one : threads.invokeAll(all)) {
                results.add(one.get());
            }
            return results;
        }
    }

    // ---------------------------------------------------------------- sessions at once

    private void atOnce(int count) throws Exception {
        var begun = System.nanoTime();
        var pipes = Collections.synchronizedList(new ArrayList<Pipe>());
        var opened = new CountDownLatch(count);
        try (var threads = Executors.newFixedThreadPool(MANY)) {
            for (var number = 0; number < count; number++) {
                threads.submit(() -> {
                    pipes.add(tunnel(open()));
                    opened.countDown();
                    return null;
                });
            }
            if (!opened.await(5, TimeUnit.MINUTES)) {
                System.out.printf("ONLY %d of %d sessions came%n", count - opened.getCount(), count);
                return;
            }
        }
        var ready = (System.nanoTime() - begun) / 1e9;
        var trips = trips(pipes, 50);
        System.out.printf("%d sessions at once: all led to after %.1f s; 50 round trips in each, all at a time: p50 %.1f ms, p99 %.1f ms%n",
                count, ready, trips[trips.length / 2] / 1e6, trips[trips.length * 99 / 100] / 1e6);
        for (var pipe : pipes) {
            pipe.close();
        }
    }

    // ---------------------------------------------------------------- what there is to be measured

    private Pipe tunnel(String session) throws Exception {
        var until = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (true) {
            try {
                return new Pipe.Tunnel(port, key, session);
            } catch (IOException e) {
                if (System.nanoTime() > until) {
                    throw e;
                }
                Thread.sleep(100); // as clients do, only sooner
            }
        }
    }

    private String open() throws IOException {
        try (var gateway = new Wire(port)) {
            var opened = gateway.post("/runtime/sessions", key, "{\"environment\": \"benchmark\"}").expect(201);
            return json.readTree(opened.body()).get("id").stringValue();
        }
    }

    private void startWorker(int sessions) throws Exception {
        var keys = data.resolve("keys");
        var command = new ArrayList<>(List.of(
                java(), "-Xmx512m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), source("TunnelWorker.java"),
                String.valueOf(environment.port()),
                "--server.port=" + (port + WORKER_AFTER_GATEWAY),
                "--assay.keys.own=" + keys.resolve("worker"), "--assay.keys.public=" + keys.resolve("public"),
                "--assay.data=" + Files.createDirectories(data.resolve("tunnel-worker")),
                "--assay.worker.isolation=off", "--assay.worker.slots=1", "--assay.worker.sessions=" + (sessions + 1),
                "--assay.gateway-url=http://127.0.0.1:" + port));
        for (var service : List.of("environment", "job", "trace")) {
            command.add("--assay." + service + "-url=http://127.0.0.1:" + (port + 1 + SERVICES.indexOf(service)));
        }
        started(command, port + WORKER_AFTER_GATEWAY);
    }

    /** Through two processes, as a tunnel leads through the gateway and the worker. */
    private Peer relays(String kind) throws Exception {
        var first = freePort();
        var second = freePort();
        var hops = List.of(relay(kind, second, environment.port()), relay(kind, first, second));
        return new Peer(() -> new Pipe(first), hops);
    }

    private long relay(String kind, int from, int to) throws Exception {
        var command = kind.equals("java")
                ? List.of(java(), "-Xmx64m", "-XX:+UseSerialGC", source("Relay.java"), String.valueOf(from), String.valueOf(to))
                : List.of("socat", "-b65536", "TCP-LISTEN:" + from + ",bind=127.0.0.1,fork,reuseaddr,nodelay",
                        "TCP:127.0.0.1:" + to + ",nodelay");
        return started(command, from).pid();
    }

    private Process started(List<String> command, int listens) throws Exception {
        var log = data.resolve("started-" + processes.size() + ".log");
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        processes.add(process);
        for (var tries = 0; tries < 1200; tries++) {
            try (var tried = new Socket(InetAddress.getLoopbackAddress(), listens)) {
                return process;
            } catch (IOException notYet) {
                if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
        }
        throw new IOException(command + " does not serve: " + Files.readString(log));
    }

    /** Its one file is looked at by nobody: the worker's sandboxes are there already. */
    private void deploy() throws Exception {
        var folder = Files.createDirectories(data.resolve("context"));
        Files.writeString(folder.resolve("env.py"), "Environment('benchmark')\n");
        var archive = data.resolve("context.tar.gz");
        new ProcessBuilder("tar", "-C", folder.toString(), "-czf", archive.toString(), "env.py").inheritIO().start().waitFor();
        try (var gateway = new Wire(port)) {
            var upload = json.readTree(gateway.post("/v2/builds/upload-url", key, "{}").expect(200).body());
            var address = URI.create(upload.get("upload_url").stringValue());
            var path = address.getRawPath() + (address.getRawQuery() == null ? "" : "?" + address.getRawQuery());
            gateway.send("PUT", path, key, "application/gzip", Files.readAllBytes(archive));
            var build = upload.get("build_id").stringValue();
            gateway.post("/v2/builds/trigger", key,
                    "{\"source\": \"direct\", \"build_id\": \"%s\", \"name\": \"benchmark\", \"no_cache\": false}".formatted(build))
                    .expect(200);
            for (var tries = 0; tries < 300; tries++) {
                if (gateway.post("/runtime/sessions", key, "{\"environment\": \"benchmark\"}").status() == 201) {
                    return;
                }
                Thread.sleep(200);
            }
        }
        throw new IOException("the environment was not built");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String source(String name) {
        return Path.of(System.getProperty("benchmarks"), name).toString();
    }

    @Override
    public void close() throws IOException {
        environment.close();
        for (var process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}

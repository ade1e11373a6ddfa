// SPDX-License-Identifier: Apache-2.0

import dev.assay.contracts.TeamId;
import dev.assay.kit.identity.MakeKeys;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** Starts gateways, each in a process of its own, with an environment that holds nothing of the caller's. */
final class Peers implements AutoCloseable {

    private static final long LONGEST_START_SECONDS = 120;
    private static final int LONGEST_WORDS = 1000;
    private static final int RUNS = 16;
    private static final int BUDGET_DOLLARS = 1_000_000;
    private static final String CHAT = "/v1/chat/completions";
    private static final IntFunction<List<String>> ANYBODY = connection -> List.of("Authorization: Bearer x");

    private final Path installed;
    private final Path app;
    private final Path own;
    private final int upstream;
    private final List<AutoCloseable> running = new ArrayList<>();
    private final Behind services;

    /**
     * @param installed the folder that `benchmarks/gateway` installs peers in
     * @param app the gateway's jar, unpacked
     * @param own a folder that is thrown away
     * @param upstream the port of {@link ModelStandIn}
     */
    Peers(Path installed, Path app, Path own, int upstream) throws IOException {
        this.installed = installed;
        this.app = app;
        this.own = own;
        this.upstream = upstream;
        this.services = keep(new Behind());
    }

    /** How many calls of ours have become spans. */
    long spans() {
        return services.spans();
    }

    /**
     * A gateway that runs.
     *
     * @param headers what calls over a connection carry, by the connection's number
     * @param process of the gateway; -1: there is none
     * @param database the process of its database; -1: it has none
     */
    record Peer(String name, URI url, IntFunction<List<String>> headers, long process, long database, double startSeconds) {

        double cpu() {
            return process < 0 ? 0 : Processors.ofTree(process);
        }

        double databaseCpu() {
            return database < 0 ? 0 : Processors.ofTree(database);
        }
    }

    /** Why a peer is not in the table. */
    static final class MissingException extends Exception {
        private static final long serialVersionUID = 1;

        MissingException(String why) {
            super(why);
        }
    }

    Peer start(String name) throws Exception {
        var said = installed.resolve(name + ".missing");
        if (Files.exists(said)) {
            throw new MissingException(Files.readString(said).strip());
        }
        return switch (name) {
            case "direct" -> new Peer(name, at(upstream), ANYBODY, -1, -1, 0);
            case "nginx" -> nginx();
            case "jetty" -> jetty();
            case "assay" -> assay();
            case "portkey" -> portkey();
            case "litellm" -> litellm();
            default -> throw new MissingException("there is no such peer");
        };
    }

    private Peer nginx() throws Exception {
        var port = freePort();
        var folder = Files.createDirectories(own.resolve("nginx"));
        var settings = folder.resolve("nginx.conf");
        Files.writeString(settings, """
                daemon off;
                %s
                worker_processes auto;
                pid %2$s/pid;
                error_log %2$s/error.log;
                events { worker_connections 8192; }
                http {
                    access_log off;
                    client_body_temp_path %2$s/body; proxy_temp_path %2$s/proxy; fastcgi_temp_path %2$s/fastcgi;
                    uwsgi_temp_path %2$s/uwsgi; scgi_temp_path %2$s/scgi;
                    keepalive_requests 100000000;
                    client_max_body_size 128m;
                    client_body_buffer_size 2m;
                    upstream models { server 127.0.0.1:%3$d; keepalive 1024; keepalive_requests 100000000; }
                    server {
                        listen 127.0.0.1:%4$d backlog=2048;
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                        proxy_buffering off;
                        location / { proxy_pass http://models; }
                    }
                }
                """.formatted(System.getProperty("user.name").equals("root") ? "user root;" : "", folder, upstream, port));
        var binary = installed.resolve("nginx/usr/sbin/nginx");
        return started("nginx", port, ANYBODY, -1, Map.of(),
                List.of(Files.exists(binary) ? binary.toString() : "nginx", "-p", folder.toString(),
                        "-e", folder.resolve("error.log").toString(), "-c", settings.toString()));
    }

    private Peer jetty() throws Exception {
        var port = freePort();
        return started("jetty", port, ANYBODY, -1, Map.of(), List.of(java(), "-Xmx256m", "-XX:+UseCompactObjectHeaders",
                "-cp", installed.resolve("jetty") + "/*:" + own.resolve("classes"), "BareJetty", "" + port, "" + upstream));
    }

    private Peer portkey() throws Exception {
        var port = freePort();
        var headers = List.of("Authorization: Bearer x", "x-portkey-provider: openai",
                "x-portkey-custom-host: http://127.0.0.1:" + upstream + "/v1");
        return started("portkey", port, connection -> headers, -1, Map.of("NODE_ENV", "production", "TRUSTED_CUSTOM_HOSTS", "127.0.0.1"),
                List.of("node", installed.resolve("portkey/node_modules/@portkey-ai/gateway/build/start-server.js").toString(),
                        "--port=" + port, "--headless"));
    }

    private Peer litellm() throws Exception {
        var port = freePort();
        var settings = new StringBuilder("general_settings: {master_key: sk-benchmark}\nmodel_list:\n");
        for (var model : Gateways.models()) {
            settings.append("  - {model_name: %1$s, litellm_params: {model: openai/%1$s, api_key: x, ".formatted(model))
                    .append("api_base: 'http://127.0.0.1:%d/v1'}}\n".formatted(upstream));
        }
        var file = Files.writeString(own.resolve("litellm.yaml"), settings);
        var headers = List.of("Authorization: Bearer sk-benchmark");
        return started("litellm", port, connection -> headers, -1,
                Map.of("LITELLM_MODE", "PRODUCTION", "LITELLM_LOG", "ERROR", "LITELLM_LOCAL_MODEL_COST_MAP", "True"),
                List.of(installed.resolve("litellm/bin/litellm").toString(), "--config", file.toString(), "--host", "127.0.0.1",
                        "--port", "" + port, "--num_workers", "2"));
    }

    /** The gateway alone: with a Postgres that keeps what it acknowledges, and stand-ins for the services that it asks. */
    private Peer assay() throws Exception {
        var port = freePort();
        var postgres = keep(EmbeddedPostgres.builder()
                .setDataDirectory(own.resolve("postgres"))
                .setOverrideWorkingDirectory(own.resolve("postgres-binaries").toFile())
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("unix_socket_directories", "")
                .start());
        var keys = new MakeKeys(own.resolve("keys"), Clock.systemUTC());
        var adminToken = UUID.randomUUID().toString();
        var command = new ArrayList<>(List.of(
                java(), "-Xmx224m", "-XX:+UseCompactObjectHeaders", "-XX:+UseSerialGC", "-XX:NewRatio=2", "-XX:TrimNativeHeapInterval=30000",
                "--enable-native-access=ALL-UNNAMED"));
        var options = System.getenv().getOrDefault("ASSAY_JAVA_OPTS", "").split(" ");
        command.addAll(Stream.of(options).filter(option -> !option.isBlank()).toList());
        command.addAll(List.of("-jar", app.toString(),
                "--server.port=" + port,
                "--server.address=127.0.0.1",
                "--assay.data=" + own.resolve("data"),
                "--assay.database.url=jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres",
                "--assay.database.user=postgres",
                "--assay.keys.own=" + keys.makeSure("gateway-service"),
                "--assay.keys.public=" + own.resolve("keys").resolve(MakeKeys.PUBLIC),
                "--assay.keys.sealing=" + keys.makeSure(MakeKeys.SEALING),
                "--assay.admin-token=" + adminToken,
                "--assay.upstreams[0].name=" + Behind.upstream(),
                "--assay.upstreams[0].base-url=http://127.0.0.1:" + upstream + "/v1"));
        for (var service : List.of("environment", "job", "grading", "trace", "training")) {
            command.add("--assay." + service + "-url=http://127.0.0.1:" + services.port());
        }
        var postmaster = Long.parseLong(Files.readAllLines(own.resolve("postgres/postmaster.pid")).getFirst().strip());
        var peer = started("assay", port, ANYBODY, postmaster, Map.of(), command);
        try (var wire = new Wire(port)) {
            var made = JsonMapper.shared().readTree(
                    wire.post("/v2/admin/keys", adminToken, "{\"team\":\"default\",\"name\":\"benchmark\"}").expect(201).body());
            var key = made.path("key").asString();
            services.belongTo(TeamId.parse(made.path("team_id").asString()));
            wire.post("/v2/prices", key, "{\"match\":\"m*\",\"input\":1,\"output\":4,\"max_output\":1000}").expect(201);
            wire.post("/v2/budgets", key, "{\"scope\":\"team\",\"limit_usd\":" + BUDGET_DOLLARS + "}").expect(200);
            var runs = Stream.generate(UUID::randomUUID).limit(RUNS).toList();
            return new Peer(peer.name(), URI.create("http://127.0.0.1:" + port + "/inference" + CHAT),
                    connection -> List.of("Authorization: Bearer " + key, "Trace-Id: " + runs.get(connection % RUNS)),
                    peer.process(), peer.database(), peer.startSeconds());
        }
    }

    /** The last that a peer wrote, for whoever wonders. */
    Path log(String name) {
        return own.resolve(name + ".log");
    }

    private Peer started(String name, int port, IntFunction<List<String>> headers, long database, Map<String, String> environment,
            List<String> command) throws Exception {
        var begun = System.nanoTime();
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log(name).toFile()).directory(own.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().putAll(Map.of("PATH", System.getenv("PATH"), "HOME", own.toString(), "LANG", "C.UTF-8"));
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new MissingException(e.getMessage());
        }
        keep(() -> end(process));
        while (!listens(port)) {
            if (!process.isAlive() || System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(LONGEST_START_SECONDS)) {
                throw new MissingException("it does not start; it says: " + lastLine(log(name)));
            }
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
        return new Peer(name, at(port), headers, process.pid(), database, (System.nanoTime() - begun) / 1e9);
    }

    private static String lastLine(Path log) throws IOException {
        var last = Files.readAllLines(log).stream().filter(line -> !line.isBlank()).reduce("nothing", (before, next) -> next);
        return last.substring(0, Math.min(last.length(), LONGEST_WORDS));
    }

    private static URI at(int port) {
        return URI.create("http://127.0.0.1:" + port + CHAT);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static boolean listens(int port) {
        try (var tried = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return tried.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private <T extends AutoCloseable> T keep(T part) {
        running.add(part);
        return part;
    }

    private static void end(Process process) throws InterruptedException {
        var all = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    public void close() throws Exception {
        for (var part : running.reversed()) {
            part.close();
        }
    }
}

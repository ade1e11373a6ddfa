// SPDX-License-Identifier: Apache-2.0

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.kit.identity.Signatures;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** Trains the toy as a client does: a batch, a step, again. Then one batch as large as is taken, of which the last input is wrong. */
public final class Steps {

    private static final String BASE = "da3eee6c-0fcd-3e63-a7e1-f875a56ed629"; // toy/base, on every installation
    private static final int WARM = 100;
    private static final int INPUTS = 24;
    private static final int TOKENS = 42;
    private static final String HEAP = "160m";

    private final int port;
    private final Path data;
    private final HttpClient http = HttpClient.newHttpClient();

    private Steps(int port, Path data) {
        this.port = port;
        this.data = data;
    }

    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        new Steps(Integer.parseInt(arguments[0]), Path.of(arguments[1])).measure(Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
    }

    private void measure(int steps, int megabytes) throws Exception {
        System.out.printf("%d cores; load average before the start %s%n", Runtime.getRuntime().availableProcessors(),
                Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
        var model = id(post("/v2/models/fork", "{\"source_model_id\": \"" + BASE + "\", \"name\": \"steps\"}", 201));
        for (int step = 0; step < WARM; step++) {
            step(model);
        }
        long begun = System.nanoTime();
        double used = Processors.ofTree(pid());
        for (int step = 0; step < steps; step++) {
            step(model);
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf("steps of %d sequences of %d tokens: %.1f/s, %.0f checkpoints a minute; %.0f ms of processor a step%n", INPUTS, TOKENS,
                steps / seconds, 60 * steps / seconds, 1000 * (Processors.ofTree(pid()) - used) / steps);
        memory(model, megabytes);
    }

    private void step(String model) throws Exception {
        post("/rl/v1/models/" + model + "/train/forward-backward", batch(), 200);
        post("/rl/v1/models/" + model + "/train/optim-step", "{\"learning_rate\": 0.01}", 200);
    }

    private static String batch() {
        var body = new StringBuilder("{\"inputs\": [");
        for (int input = 0; input < INPUTS; input++) {
            body.append(input == 0 ? "" : ", ").append("{\"samples\": [{\"prompt_token_ids\": [");
            for (int token = 0; token < TOKENS - 2; token++) {
                body.append(token == 0 ? "" : ", ").append('a' + (token + input) % 26);
            }
            body.append("], \"output_token_ids\": [").append('0' + input % 10).append(", 276], \"output_logprobs\": [-2.3, -0.01]}], \"reward\": ")
                    .append(input % 2).append('}');
        }
        return body.append("]}").toString();
    }

    /** By a training-service of its own, whose heap holds no such batch: all of it is read and written down before what is wrong is seen. */
    private void memory(String model, int megabytes) throws Exception {
        int own = port + 15;
        var service = trainingService(own);
        try {
            var bearer = bearer(model);
            while (!answers(own, bearer, model)) {
                Thread.sleep(200);
            }
            long before = resident(service.pid());
            var most = new AtomicLong(before);
            var over = new AtomicBoolean();
            var watch = Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    most.accumulateAndGet(resident(service.pid()), Math::max);
                    Thread.yield();
                }
            });
            long begun = System.nanoTime();
            var answer = send(own, "/v1/models/" + model + "/train/forward-backward", bearer,
                    HttpRequest.BodyPublishers.ofInputStream(() -> new Large(megabytes * 1_000_000L)), 400);
            over.set(true);
            watch.join();
            System.out.printf("a batch of %d MB, wrong in its last input, refused after %.1f s: training-service has %d MB resident before, %d at most"
                    + " (%s)%n", megabytes, (System.nanoTime() - begun) / 1e9, before >> 20, most.get() >> 20, answer);
        } finally {
            service.destroy();
            service.waitFor();
        }
    }

    private Process trainingService(int own) throws IOException {
        var keys = data.resolve("keys");
        var command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx" + HEAP, "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp",
                System.getProperty("java.class.path"), "dev.assay.training.TrainingService", "--server.port=" + own,
                "--assay.database.url=" + database(), "--assay.database.user=assay", "--assay.database.password=" + password(),
                "--assay.keys.own=" + keys.resolve("training-service"), "--assay.keys.public=" + keys.resolve("public"), "--assay.data=" + data);
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(data.resolve("own.log").toFile()).start();
    }

    /** What the gateway shows for whoever made the model. */
    private String bearer(String model) throws IOException, SQLException {
        try (var connection = DriverManager.getConnection(database(), "assay", password());
                var found = connection.createStatement().executeQuery("select team from training.model where id = '" + model + "'")) {
            found.next();
            var gateway = new Signatures(
                    Party.service("gateway-service"), data.resolve("keys/gateway-service"), data.resolve("keys/public"), Clock.systemUTC());
            var caller = new Caller(new TeamId(found.getObject(1, UUID.class)), new UserId(new UUID(7, 7)), Role.MEMBER);
            return new InternalTokens(gateway).mint(caller, "training-service");
        }
    }

    private String database() {
        return "jdbc:postgresql://127.0.0.1:" + (port + 10) + "/assay";
    }

    private String password() throws IOException {
        return Files.readString(data.resolve("postgres-services-password")).strip();
    }

    private boolean answers(int own, String bearer, String model) throws InterruptedException {
        try {
            var losses = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + own + "/v1/models/" + model + "/train/losses"));
            return http.send(losses.header("Authorization", "Bearer " + bearer).build(), HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** A batch whose inputs are sequences of a thousand sampled tokens, and whose last is none. */
    private static final class Large extends InputStream {

        private static final String TOKEN_ID = "97,";
        private static final String LOGPROB = "-0.6931471805599453094172321214581765680755,";
        private final long size;
        private byte[] part = "{\"inputs\": [".getBytes(StandardCharsets.US_ASCII);
        private final byte[] input = ("{\"samples\": [{\"prompt_token_ids\": [97], \"output_token_ids\": [" + TOKEN_ID.repeat(999) + "97],"
                        + " \"output_logprobs\": [" + LOGPROB.repeat(999) + "-1]}], \"reward\": 1},")
                .getBytes(StandardCharsets.US_ASCII);
        private long sent;
        private int at;

        Large(long size) {
            this.size = size;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("a byte at a time");
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (at == part.length) {
                if (sent >= size) {
                    return -1;
                }
                part = sent + input.length < size ? input : "{\"reward\": 1}]}".getBytes(StandardCharsets.US_ASCII);
                sent = part == input ? sent : size;
                at = 0;
            }
            int some = Math.min(length, part.length - at);
            System.arraycopy(part, at, buffer, offset, some);
            at += some;
            sent += some;
            return some;
        }
    }

    private String post(String path, String body, int status) throws Exception {
        return send(port, path, System.getenv("ASSAY_KEY"), HttpRequest.BodyPublishers.ofString(body), status);
    }

    private String send(int at, String path, String bearer, HttpRequest.BodyPublisher body, int status) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at + path))
                        .header("Authorization", "Bearer " + bearer)
                        .header("Content-Type", "application/json")
                        .POST(body)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != status) {
            throw new IOException(path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }

    private static String id(String model) {
        var found = Pattern.compile("\"id\":\"([^\"]+)\"").matcher(model);
        if (!found.find()) {
            throw new IllegalStateException(model);
        }
        return UUID.fromString(found.group(1)).toString();
    }

    private long pid() throws IOException {
        return Long.parseLong(Files.readString(data.resolve("platform.pid")).strip());
    }

    private static long resident(long pid) {
        try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return 1024 * Long.parseLong(lines.filter(line -> line.startsWith("VmRSS:")).findFirst().orElseThrow().replaceAll("\\D", ""));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}

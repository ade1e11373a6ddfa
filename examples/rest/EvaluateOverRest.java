// SPDX-License-Identifier: Apache-2.0

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * A whole evaluation with nothing but HTTP: upload a context, build it, publish a taskset, submit rollouts, wait, show the rewards.
 * One file, run with `java -cp '<the platform's libraries>/*' EvaluateOverRest.java run|table …`; the key is in ASSAY_KEY.
 */
public final class EvaluateOverRest {

    private static final String MODEL = "scripted/letter-count-java";
    private static final int GROUP = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final String platform;
    private final String key;

    private EvaluateOverRest(String platform, String key) {
        this.platform = platform;
        this.key = key;
    }

    public static void main(String[] arguments) throws Exception {
        var key = System.getenv("ASSAY_KEY");
        if (arguments.length != 3 || key == null) {
            System.err.println("usage: ASSAY_KEY=… EvaluateOverRest run <platform> <folder of the example> | table <platform> <job>");
            System.exit(2);
        }
        var evaluation = new EvaluateOverRest(arguments[1], key);
        switch (arguments[0]) {
            case "run" -> evaluation.table(evaluation.run(Path.of(arguments[2])));
            case "table" -> evaluation.table(arguments[2]);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private String run(Path example) throws Exception {
        var rows = json.readTree(Files.readString(example.resolve("tasks.json")));
        var environment = rows.get(0).get("env").stringValue();
        deploy(environment, context(example));
        publish(environment, rows);
        return evaluate(environment, rows);
    }

    private void deploy(String environment, byte[] context) throws Exception {
        say("uploading the context (%d KB)", context.length / 1024);
        var upload = post("/v2/builds/upload-url", Map.of());
        var put = HttpRequest.newBuilder(URI.create(upload.get("upload_url").stringValue()))
                .header("Content-Type", "application/gzip").PUT(BodyPublishers.ofByteArray(context)).build();
        var answer = http.send(put, BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException("upload: " + answer.statusCode() + " " + answer.body());
        }
        var build = upload.get("build_id").stringValue();
        post("/v2/builds/trigger", Map.of("source", "direct", "build_id", build, "name", environment, "no_cache", false));
        say("building");
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        var status = get("/v2/builds/" + build + "/status");
        while (status.get("status").stringValue().equals("IN_PROGRESS") && System.nanoTime() < deadline) {
            Thread.sleep(500);
            status = get("/v2/builds/" + build + "/status");
        }
        if (!status.get("status").stringValue().equals("SUCCEEDED")) {
            throw new IOException("the build ended as " + status);
        }
        say("version %s of environment %s is there", status.path("version").asString(), environment);
    }

    private void publish(String taskset, JsonNode rows) throws Exception {
        var tasks = new ArrayList<Map<String, Object>>();
        for (var row : rows) {
            tasks.add(Map.of("name", row.get("slug").stringValue(), "env", Map.of("name", row.get("env").stringValue()),
                    "task_id", row.get("id").stringValue(), "args", row.get("args")));
        }
        var answer = post("/v2/tasks/upload", Map.of("taskset_name", taskset, "tasks", tasks));
        say("taskset %s: %s tasks created, %s updated", taskset, answer.get("tasks_created"), answer.get("tasks_updated"));
    }

    private String evaluate(String environment, JsonNode rows) throws Exception {
        var job = UUID.randomUUID().toString();
        post("/v2/trace/job/" + job + "/enter", Map.of("name", "%s (%d tasks) (%d times)".formatted(environment, rows.size(), GROUP), "group", GROUP));
        var runs = new ArrayList<String>();
        var agent = Map.of("type", "openai_compatible", "config", Map.of("model", MODEL, "max_steps", 10));
        for (var row : rows) {
            var group = UUID.randomUUID().toString();
            for (var repeat = 0; repeat < GROUP; repeat++) {
                var run = UUID.randomUUID().toString();
                post("/v2/rollouts/submit", Map.of("trace_id", run, "job_id", job, "group_id", group, "env", row.get("env"),
                        "task", row.get("id"), "slug", row.get("slug"), "args", row.get("args"), "agent", agent));
                runs.add(run);
            }
        }
        say("%d rollouts submitted", runs.size());
        waitFor(runs);
        return job;
    }

    private void waitFor(List<String> runs) throws Exception {
        var open = new ArrayList<>(runs);
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!open.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(300);
            var before = open.size();
            for (var run : List.copyOf(open)) {
                if (List.of("completed", "error", "cancelled").contains(get("/v2/trace/" + run).get("status").stringValue())) {
                    open.remove(run);
                }
            }
            if (open.size() < before) {
                say("%d of %d rollouts finished", runs.size() - open.size(), runs.size());
            }
        }
        if (!open.isEmpty()) {
            throw new IOException(open.size() + " rollouts did not finish");
        }
    }

    private void table(String job) throws Exception {
        var id = UUID.fromString(job.contains("-") ? job : job.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5"));
        var rewards = new TreeMap<String, List<String>>();
        var runs = get("/v2/jobs/" + id + "/traces?limit=1000").get("items");
        for (var run : runs) {
            var reward = run.path("reward").isNumber() ? decimals(run.get("reward")) : "error";
            rewards.computeIfAbsent(run.path("task_slug").asString("?"), slug -> new ArrayList<>()).add(reward);
        }
        var summedUp = get("/v2/jobs/" + id);
        System.out.printf("%n  %-24s %s%n", "Task", "Rewards");
        rewards.forEach((task, values) -> System.out.printf("  %-24s %s%n", task, String.join("  ", values)));
        System.out.printf("%n  Runs: %s   graded: %s   mean reward: %s%n", summedUp.get("run_count"), summedUp.get("graded_count"),
                summedUp.path("mean_reward").isNumber() ? decimals(summedUp.get("mean_reward")) : "none");
        System.out.printf("  Page of the job: %s/jobs/%s%n%n", platform, id);
    }

    private static String decimals(JsonNode number) {
        return String.format(Locale.ROOT, "%.3f", number.doubleValue());
    }

    /** The context as `hud deploy` would send it: a gzipped tar with the files of the folder at its root. */
    private static byte[] context(Path example) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            try (var files = Files.list(example)) {
                for (var file : files.filter(path -> path.toString().endsWith(".py")).sorted().toList()) {
                    entry(gzip, file.getFileName().toString(), Files.readAllBytes(file));
                }
            }
            entry(gzip, "letter-count.jar", Files.readAllBytes(example.resolve("target/letter-count-all.jar")));
            gzip.write(new byte[1024]);
        }
        return bytes.toByteArray();
    }

    private static void entry(OutputStream out, String name, byte[] content) throws IOException {
        var header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, "%011o".formatted(content.length));
        put(header, 136, "00000000000");
        put(header, 148, "        ");
        header[156] = '0';
        put(header, 257, "ustar");
        put(header, 263, "00");
        var sum = 0;
        for (var octet : header) {
            sum += octet & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        out.write(header);
        out.write(content);
        out.write(new byte[(512 - content.length % 512) % 512]);
    }

    private static void put(byte[] header, int at, String text) {
        var bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private JsonNode get(String path) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(platform + path)).GET());
    }

    private JsonNode post(String path, Object body) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(platform + path)).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json.writeValueAsString(body))));
    }

    private JsonNode send(HttpRequest.Builder request) throws Exception {
        var answer = http.send(request.header("Authorization", "Bearer " + key).build(), BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(answer.request().method() + " " + answer.uri() + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer.body().isBlank() ? json.createObjectNode() : json.readTree(answer.body());
    }

    private static void say(String format, Object... values) {
        System.out.println("      " + format.formatted(values));
    }
}

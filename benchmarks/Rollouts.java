// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The same taskset, evaluated by the published client on this machine alone, and hosted; the same agent, the same scripted model. */
public final class Rollouts {

    private static final String ENVIRONMENT = """
            from hud import Environment

            env = Environment("bench")

            @env.template()
            async def count():
                answer = yield "How many r are there in strawberry?"
                yield 1.0 if answer == "3" else 0.0
            """;
    private static final String TASKS = """
            from env import count

            task = count()
            task.slug = "strawberry"
            tasks = [task]
            """;
    private static final int AT_ONCE = 16;
    private static final Duration PATIENCE = Duration.ofMinutes(20);
    private static final Pattern JOB = Pattern.compile("/jobs/([0-9a-f-]{36})");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final String platform;
    private final Path data;
    private final String hud;
    private final Path folder;
    private final HttpClient http = HttpClient.newHttpClient();

    private Rollouts(int port, Path data, String hud) throws IOException {
        this.platform = "http://127.0.0.1:" + port;
        this.data = data;
        this.hud = hud;
        this.folder = Files.createDirectories(data.resolve("bench-source"));
    }

    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        new Rollouts(Integer.parseInt(arguments[0]), Path.of(arguments[1]), arguments[2])
                .measure(Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]));
    }

    private void measure(int hosted, int local) throws Exception {
        System.out.printf("%d processors, load %s; %d at once%n", Runtime.getRuntime().availableProcessors(), load(), AT_ONCE);
        Files.writeString(folder.resolve("env.py"), ENVIRONMENT);
        Files.writeString(folder.resolve("tasks.py"), TASKS);
        Files.writeString(folder.resolve("requirements.txt"), "hud==0.6.21\ntyper<0.29\n");
        System.out.println("| whole rollouts | per second | CPU ms each: platform | its Postgres | all else |\n|---|---|---|---|---|");
        var alone = row("the client alone", local, 0, () -> eval("tasks.py", local, "--max-concurrent", String.valueOf(AT_ONCE)));
        hud("deploy", "--yes", "--no-env");
        hud("sync", "tasks", "bench", "--yes");
        start(AT_ONCE); // loads the environment
        row("a job started here", hosted, alone, () -> start(hosted));
        row("the same by `hud eval`", hosted, alone, () -> eval("bench", hosted, "--runtime", "hosted"));
        row("the same, all of them waited for at once", hosted, alone,
                () -> eval("bench", hosted, "--runtime", "hosted", "--max-concurrent", String.valueOf(hosted)));
        System.out.println("load " + load());
    }

    /**
     * Measures and prints one.
     *
     * @param alone what it is a multiple of; 0: itself
     * @return how many a second
     */
    private double row(String what, int rollouts, double alone, Callable<String> job) throws Exception {
        var before = cpu();
        var perSecond = perSecond(job.call(), rollouts);
        var after = cpu();
        System.out.printf("| %s, %d | %.2f (%.1fx) |", what, rollouts, perSecond, alone == 0 ? 1 : perSecond / alone);
        for (var part = 0; part < after.length; part++) {
            System.out.printf(" %.0f |", (after[part] - before[part]) * 1000 / rollouts);
        }
        System.out.println();
        return perSecond;
    }

    /** Of the platform's process, of its Postgres, and of all else on this machine: sandboxes, the client, and whoever shares it. */
    private double[] cpu() throws IOException {
        var postmaster = Long.parseLong(Files.readAllLines(data.resolve("postgres/postmaster.pid")).getFirst().strip());
        var process = Long.parseLong(Files.readString(data.resolve("platform.pid")).strip());
        var ours = Processors.ofItself(process);
        var postgres = Processors.ofTree(postmaster);
        return new double[] {ours, postgres, Processors.ofMachine() - ours - postgres};
    }

    /** A job of the taskset that the platform starts: nobody submits or waits for its runs one by one. */
    private String start(int group) throws Exception {
        var asked = """
                {"taskset": "bench", "group": %d, "agent": {"type": "openai_compatible", "config": {"model": "scripted/three"}}}""".formatted(group);
        var job = send("POST", "/v2/jobs", asked).path("job_id").stringValue();
        var until = System.nanoTime() + PATIENCE.toNanos();
        while (get("/v2/jobs/" + job).path("ended_at").isNull()) {
            if (System.nanoTime() > until) {
                throw new IOException("not all came to an end: " + get("/v2/jobs/" + job));
            }
            Thread.sleep(500);
        }
        return job;
    }

    /** @return the job that it was */
    private String eval(String tasks, int group, String... options) throws Exception {
        var command = new ArrayList<>(List.of("eval", tasks, "openai_compatible", "--model", "scripted/three", "--all", "--group",
                String.valueOf(group), "--yes"));
        command.addAll(List.of(options));
        var said = JOB.matcher(hud(command.toArray(String[]::new)));
        var job = "";
        while (said.find()) {
            job = said.group(1);
        }
        return job;
    }

    /** From the beginning of the first to the end of the last, as the platform was told. */
    private double perSecond(String job, int rollouts) throws Exception {
        var found = get("/v2/jobs/" + job);
        if (found.path("completed_count").asInt(-1) != rollouts || found.path("mean_reward").asDouble(0) != 1) {
            throw new IOException("not all went well: " + found);
        }
        var took = Duration.between(
                Instant.parse(found.path("started_at").stringValue()), Instant.parse(found.path("ended_at").stringValue()));
        return rollouts * 1e9 / took.toNanos();
    }

    private JsonNode get(String path) throws Exception {
        return send("GET", path, "");
    }

    private JsonNode send(String method, String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(platform + path))
                .header("Authorization", "Bearer " + System.getenv("ASSAY_KEY"))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build();
        var answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    private String hud(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(hud));
        command.addAll(List.of(arguments));
        var said = Files.createTempFile(folder, "hud", ".log");
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().putAll(Map.of(
                "HUD_API_URL", platform, "HUD_RUNTIME_URL", platform, "HUD_WEB_URL", platform, "HUD_RL_URL", platform + "/rl",
                "HUD_TELEMETRY_URL", platform + "/telemetry/v3/api", "HUD_GATEWAY_URL", platform + "/inference",
                "HUD_API_KEY", System.getenv("ASSAY_KEY")));
        builder.environment().putAll(Map.of(
                "HOME", folder.toString(), "HUD_SKIP_VERSION_CHECK", "1", "HUD_CLI_ANALYTICS_ENABLED", "0", "NO_COLOR", "1", "COLUMNS", "250"));
        var process = builder.start();
        if (!process.waitFor(PATIENCE) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("hud " + String.join(" ", arguments) + " failed:\n" + Files.readString(said));
        }
        return Files.readString(said);
    }

    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }
}

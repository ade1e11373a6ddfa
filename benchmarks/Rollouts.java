// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    private final String hud;
    private final Path folder;
    private final HttpClient http = HttpClient.newHttpClient();

    private Rollouts(int port, Path data, String hud) throws IOException {
        this.platform = "http://127.0.0.1:" + port;
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
        var alone = perSecond(eval("tasks.py", local, "--max-concurrent", String.valueOf(AT_ONCE)), local);
        hud("deploy", "--yes", "--no-env");
        hud("sync", "tasks", "bench", "--yes");
        eval("bench", AT_ONCE, "--runtime", "hosted"); // loads the environment
        var here = perSecond(eval("bench", hosted, "--runtime", "hosted"), hosted);
        System.out.println("| whole rollouts | per second |\n|---|---|");
        System.out.printf("| the client alone, %d | %.2f (1.0x) |%n", local, alone);
        System.out.printf("| hosted, %d | %.2f (%.1fx) |%n", hosted, here, here / alone);
        System.out.println("load " + load());
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
        var request = HttpRequest.newBuilder(URI.create(platform + path)).header("Authorization", "Bearer " + System.getenv("ASSAY_KEY")).build();
        var answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
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

// SPDX-License-Identifier: Apache-2.0

import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Prepared;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import dev.assay.sdk.runtimes.docker.DockerRuntime;
import dev.assay.sdk.runtimes.docker.DockerSettings;
import dev.assay.sdk.runtimes.spare.Placeholders;
import dev.assay.sdk.runtimes.process.PreparedVersion;
import dev.assay.sdk.runtimes.process.ProcessRuntime;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Starts the same environment with the client's own subprocess runtime, loaded afresh behind walls, forked behind walls, and in containers. */
public final class Starts {

    private static final int AT_ONCE = 16;
    private static final int WAVES = 3;

    /** Between two waves of forks, ms: as rollouts take time. */
    private static final long PAUSE = 3000;

    private static final String ENVIRONMENT = """
            from hud import Environment

            env = Environment("bench")
            env.workspace("/tmp/workspace")

            @env.template()
            async def look():
                yield "look"
                yield 1.0
            """;

    private final Path script;
    private final Path source;
    private final int starts;

    private Starts(Path script, Path source, int starts) {
        this.script = script;
        this.source = source;
        this.starts = starts;
    }

    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        var own = Path.of(arguments[2]);
        var source = Files.createDirectories(own.resolve("source"));
        Files.writeString(source.resolve("env.py"), ENVIRONMENT);
        Files.writeString(source.resolve("requirements.txt"), "hud==0.6.21\n");
        var archive = own.resolve("context.tar.gz");
        run("tar", "-C", source.toString(), "-czf", archive.toString(), ".");
        try (var runtime = ProcessRuntime.on(own.resolve("runtime"), Path.of(arguments[1]), true, System.getenv(), null, true)) {
            System.out.println(runtime.description());
            var context = new Source.Context(
                    UUID.randomUUID().toString(), "bench", Map.of(), Network.NONE, () -> Files.newInputStream(archive));
            var version = runtime.prepare(context, line -> {});
            var starts = new Starts(Path.of(arguments[0]), source.resolve("env.py"), Integer.parseInt(arguments[3]));
            var peer = starts.measure(runtime, version);
            new Containers(own, starts.starts).measure(peer);
            System.out.printf("load %s%n", load());
        }
    }

    private double[] measure(ProcessRuntime runtime, PreparedVersion version) throws Exception {
        System.out.printf("%d processors, load %s%n", Runtime.getRuntime().availableProcessors(), load());
        var python = version.virtualEnvironment().folder().resolve("bin/python").toString();
        var client = run(python, script.toString(), "client", source.toString(), Integer.toString(starts)).lines()
                .filter(line -> line.startsWith("times ")).findFirst().orElseThrow().split(" ");
        double[] peer = {Double.parseDouble(client[1]), Double.parseDouble(client[2]), Double.parseDouble(client[3])};
        System.out.println("| ready, ms at the median | one at a time | sixteen at once | and one more for each that ended |\n|---|---|---|---|");
        print("the client's SubprocessRuntime", peer, peer);
        print("loaded afresh, walled off", medians(runtime, version, Set.of()), peer);
        runtime.launch(spec(version, Set.of("HUD_API_KEY"))).close();
        print("forked, walled off", medians(runtime, version, Set.of("HUD_API_KEY")), peer);
        System.out.printf("first command of a forked sandbox's shell: %.0f ms at the median%n", shells(runtime, version, python));
        return peer;
    }

    private static void print(String who, double[] times, double[] peer) {
        System.out.print("| " + who);
        for (int i = 0; i < peer.length; i++) {
            System.out.print(i < times.length ? " | %.1f (%.1fx)".formatted(times[i], peer[i] / times[i]) : " | ");
        }
        System.out.println(" |");
    }

    private double[] medians(ProcessRuntime runtime, PreparedVersion version, Set<String> ofThisRun) throws Exception {
        List<Double> alone = new ArrayList<>();
        for (int i = 0; i < starts; i++) {
            alone.add(ready(runtime, version, ofThisRun));
        }
        List<Double> together = new ArrayList<>();
        for (int i = 0; i < WAVES; i++) {
            if (!ofThisRun.isEmpty()) {
                Thread.sleep(PAUSE);
            }
            together.addAll(sixteenAtATime(runtime, version, ofThisRun, AT_ONCE));
        }
        return new double[] {median(alone), median(together), median(sixteenAtATime(runtime, version, ofThisRun, WAVES * AT_ONCE))};
    }

    private static List<Double> sixteenAtATime(dev.assay.sdk.runtimes.Runtime runtime, Prepared version, Set<String> ofThisRun, int starts)
            throws Exception {
        List<Double> times = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Callable<Double>> tasks = Collections.nCopies(starts, () -> ready(runtime, version, ofThisRun));
            for (var one : threads.invokeAll(tasks)) {
                times.add(one.get());
            }
        }
        return times;
    }

    private static double ready(dev.assay.sdk.runtimes.Runtime runtime, Prepared version, Set<String> ofThisRun) throws Exception {
        long begun = System.nanoTime();
        try (var sandbox = runtime.launch(spec(version, ofThisRun)); var client = connect(sandbox)) {
            client.hello();
            return (System.nanoTime() - begun) / 1e6;
        }
    }

    private double shells(ProcessRuntime runtime, PreparedVersion version, String python) throws Exception {
        var process = new ProcessBuilder(python, script.toString(), "shells").redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<Double> times = new ArrayList<>();
        try (var answers = new BufferedReader(new InputStreamReader(process.getInputStream())); var asking = process.outputWriter()) {
            for (int i = 0; i <= starts; i++) {
                try (var sandbox = runtime.launch(spec(version, Set.of("HUD_API_KEY"))); var client = connect(sandbox)) {
                    var shell = client.capability("ssh");
                    var key = shell.params().path("client_key").asString().replace("\n", "\\n").replace(" ", "\\u0020");
                    asking.write(sandbox.address() + " " + shell.name() + " " + key + "\n");
                    asking.flush();
                    double time = Double.parseDouble(answers.readLine());
                    if (i > 0) { // the first also loads the client's own library
                        times.add(time);
                    }
                }
            }
        }
        return median(times);
    }

    /** The same in an image, of the packages that were installed for it before. */
    private record Containers(Path own, int starts) {

        private static final String IMAGE = "assay-bench/starts";

        void measure(double[] peer) throws Exception {
            var taken = new AtomicInteger();
            var sockets = Files.createDirectories(own.resolve("sockets"));
            var settings = new DockerSettings("", List.of("docker.io/assay-bench/"), "", "none", sockets, "bench", own.toString(), other -> true);
            try (var runtime = new DockerRuntime(settings, new Counting(taken), Clock.systemUTC())) {
                var unfit = runtime.unfitBecause().or(() -> imageBecause());
                if (unfit.isPresent()) {
                    System.out.println("no containers: " + unfit.get());
                    return;
                }
                measure(runtime, runtime.prepare(new Source.Image(IMAGE), line -> {}), taken, peer);
            }
        }

        /** Makes it; why it cannot be made, if so. */
        private Optional<String> imageBecause() {
            try {
                var image = Files.createDirectories(own.resolve("image"));
                run("python3", "-m", "pip", "download", "--quiet", "--dest", image.resolve("wheels").toString(), "--only-binary", ":all:",
                        "--python-version", "3.11", "hud==0.6.21", "typer<0.29");
                Files.writeString(image.resolve("env.py"), ENVIRONMENT);
                Files.writeString(image.resolve("Dockerfile"), """
                        FROM python:3.11-slim
                        COPY wheels /wheels
                        RUN pip install --no-index --find-links /wheels --root-user-action=ignore hud==0.6.21 'typer<0.29'
                        WORKDIR /app
                        COPY env.py .
                        CMD ["hud", "serve", "env.py", "--host", "0.0.0.0", "--port", "8765"]
                        """);
                run("docker", "build", "--quiet", "--tag", IMAGE, image.toString());
                return Optional.empty();
            } catch (Exception e) {
                return Optional.of("the image cannot be made: " + e.getMessage());
            }
        }

        /** Between two launches one may be made ahead, as while a run goes on. */
        private void measure(DockerRuntime runtime, Prepared image, AtomicInteger taken, double[] peer) throws Exception {
            var key = Set.of("HUD_API_KEY");
            List<Double> afresh = new ArrayList<>();
            for (int i = 0; i < starts; i++) {
                afresh.add(ready(runtime, image, Set.of()));
            }
            print("a container, afresh", new double[] {median(afresh), median(sixteenAtATime(runtime, image, Set.of(), AT_ONCE))}, peer);
            long pause = (long) (2 * median(afresh));
            for (int i = 0; i < 2; i++) {
                ready(runtime, image, key);
            }
            List<Double> ahead = new ArrayList<>();
            for (int i = 0; i < starts; i++) {
                Thread.sleep(pause);
                ahead.add(ready(runtime, image, key));
            }
            int alone = taken.getAndSet(0);
            List<Double> together = new ArrayList<>();
            for (int i = 0; i < WAVES; i++) {
                Thread.sleep(6 * pause);
                together.addAll(sixteenAtATime(runtime, image, key, AT_ONCE));
            }
            print("a container, started ahead (%d of %d; %d of %d)".formatted(alone, starts, taken.get(), together.size()),
                    new double[] {median(ahead), median(together)}, peer);
        }
    }

    /** There is no door here: it counts the runs that took a container which was there. */
    private record Counting(AtomicInteger taken) implements Placeholders {

        @Override
        public String fresh() {
            return UUID.randomUUID().toString();
        }

        @Override
        public boolean fill(String placeholder, String value) {
            return taken.incrementAndGet() > 0;
        }

        @Override
        public void drop(String placeholder) {}
    }

    private static SandboxSpec spec(Prepared version, Set<String> ofThisRun) {
        return new SandboxSpec(
                new SandboxLabel("benchmark", 1), version, "bench", Map.of("HUD_API_KEY", UUID.randomUUID().toString()), Network.NONE,
                SandboxLimits.DEFAULTS, ofThisRun);
    }

    private static ControlClient connect(Sandbox sandbox) throws Exception {
        return ControlClient.connect(sandbox.address(), Duration.ofSeconds(30));
    }

    private static double median(List<Double> times) {
        Collections.sort(times);
        return times.get(times.size() / 2);
    }

    private static String load() throws Exception {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }

    private static String run(String... command) throws Exception {
        var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        var said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed: " + said);
        }
        return said;
    }
}

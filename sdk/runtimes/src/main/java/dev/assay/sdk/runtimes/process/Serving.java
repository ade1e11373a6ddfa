// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is run in a sandbox, what is put before the PATH for it, and what of the machine it must see. */
record Serving(List<String> command, List<String> path, Map<String, String> variables, List<Path> visible) {

    private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));
    private static final String SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** @param script what Python runs before the client's server */
    static Serving of(SandboxSpec spec, PreparedVersion version, SandboxFolder folder, String script) {
        var environment = version.virtualEnvironment();
        var port = folder.isolation().hasOwnRoot() && spec.network() != Network.HOST ? Integer.toString(OwnNetwork.CONTROL_PORT) : "0";
        return switch (version.recipe()) {
            case Recipe.Jar jar -> {
                var java = JAVA_HOME.resolve("bin/java").toString();
                var heap = "-Xmx" + Math.max(64, spec.limits().memoryBytes() / 2 >> 20) + "m";
                List<String> command = new ArrayList<>(List.of(java, heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
                command.addAll(List.of("-jar", folder.guest(SandboxFolder.SOURCE) + "/" + jar.file()));
                command.addAll(List.of("--host", "127.0.0.1", "--port", port));
                yield new Serving(
                        command, List.of(JAVA_HOME.resolve("bin").toString()), Map.of("JAVA_HOME", JAVA_HOME.toString()),
                        List.of(JAVA_HOME));
            }
            case Recipe.Python python -> {
                if (environment == null) {
                    throw new IllegalArgumentException("a Python version without a virtual environment");
                }
                var target = folder.guest(SandboxFolder.SOURCE) + (python.target().equals(".") ? "" : "/" + python.target());
                // -P: what lies in the folder is the environment's to import, once it is loaded, and not its interpreter's before that
                var command = List.of(
                        environment.python().toString(), "-P", "-c", script, String.join(",", spec.environmentVariables().keySet()), target,
                        "--env", spec.declaredName(), "--host", "127.0.0.1", "--port", port);
                var variables = Map.of(
                        "VIRTUAL_ENV", environment.folder().toString(), "PYTHONUNBUFFERED", "1", "HUD_SKIP_VERSION_CHECK", "1",
                        "HUD_CLI_ANALYTICS_ENABLED", "0");
                yield new Serving(
                        command, List.of(environment.folder().resolve("bin").toString()), variables,
                        List.of(environment.folder(), environment.base().prefix()));
            }
        };
    }

    /** Fills a sandbox's folder. */
    void layOut(SandboxFolder folder, Path source) throws IOException {
        folder.copySource(source);
        folder.writeProfile(wholePath());
    }

    private String wholePath() {
        return String.join(":", path) + ":" + SYSTEM_PATH;
    }

    /**
     * Those of what runs there.
     *
     * @param given by whoever launches it
     * @param platforms that come before them
     */
    Map<String, String> variables(SandboxFolder folder, Map<String, String> given, Map<String, String> platforms) {
        Map<String, String> outcome = new LinkedHashMap<>(given);
        outcome.putAll(platforms);
        outcome.putAll(this.variables);
        outcome.put("PATH", wholePath());
        outcome.put("HOME", folder.guest(SandboxFolder.HOME));
        outcome.put("TMPDIR", folder.scratch());
        outcome.put("USER", "root");
        outcome.put("LOGNAME", "root");
        outcome.put("SHELL", "/bin/bash");
        SandboxFolder.PLACE.forEach(outcome::putIfAbsent);
        return outcome;
    }
}

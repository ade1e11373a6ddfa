// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.runtimes.OutputLines;
import dev.assay.sdk.runtimes.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The engine's BuildKit, by the command line of its client: the library does not speak its protocol, which secrets need. Its steps have no
 * network, or the engine's bridge: it knows no other.
 */
final class BuildKit {

    private static final long ANSWERS_SECONDS = 20;

    /** What the client needs of the worker's own variables. */
    private static final List<String> PASSED_ON = List.of("PATH", "HOME", "DOCKER_CONFIG");

    private final String engine;
    private final String network;

    /** @param network {@code none} or {@code bridge}; anything else: BuildKit is not used */
    BuildKit(String engine, String network) {
        this.engine = engine;
        this.network = network;
    }

    /** Why it is not to be had, in a sentence for people; empty if it is. */
    Optional<String> refusal() throws InterruptedException {
        if (!List.of("none", "bridge").contains(network)) {
            return Optional.of("it is switched off here (assay.worker.buildkit)");
        }
        try {
            var process = start(List.of("docker", "buildx", "version"), Map.of());
            try {
                if (process.waitFor(ANSWERS_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0) {
                    return Optional.empty();
                }
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            // it is not installed
        }
        return Optional.of("'docker buildx' is not installed where this worker runs");
    }

    /** Returns the image's id. */
    String build(ImageContext context, ImageRecipe.Checked recipe, ImageOrder order, Duration longest, String name, Map<String, String> labels, Consumer<String> log)
            throws SandboxException, InterruptedException {
        var id = context.beside("id");
        try {
            var file = Files.writeString(context.beside("recipe"), recipe.text());
            var secrets = new TreeMap<String, String>();
            var command = command(file, id, context.folder(), order, name, labels, secrets);
            var process = start(command, secrets);
            try {
                var output = OutputLines.start("build-" + order.version(), process.getInputStream(), log);
                if (!process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw ImageBuild.tooLong(order);
                }
                output.join();
                if (process.exitValue() != 0) {
                    throw new SandboxException("a step of " + recipe.file() + " failed, see the log");
                }
                return Files.readString(id).strip();
            } finally {
                process.destroyForcibly(); // whose connection it was: the engine ends the build
            }
        } catch (IOException e) {
            throw SandboxException.ofHost("the image cannot be built: " + e.getMessage(), e);
        }
    }

    private List<String> command(
            Path file, Path id, Path folder, ImageOrder order, String name, Map<String, String> labels, Map<String, String> secrets) {
        List<String> command = new ArrayList<>(List.of(
                "docker", "buildx", "build", "--builder", "default", "--progress", "plain", "--network", network.equals("bridge") ? "default" : network,
                "--file", file.toString(), "--iidfile", id.toString(), "--tag", name));
        if (order.noCache()) {
            command.add("--no-cache");
        }
        labels.forEach((label, value) -> command.addAll(List.of("--label", label + "=" + value)));
        order.buildArgs().forEach((arg, value) -> command.addAll(List.of("--build-arg", arg + "=" + value)));
        order.secrets().forEach((secret, value) -> {
            var variable = "ASSAY_SECRET_" + secrets.size();
            secrets.put(variable, value);
            command.addAll(List.of("--secret", "id=" + secret + ",env=" + variable));
        });
        command.add(folder.toString());
        return command;
    }

    private Process start(List<String> command, Map<String, String> secrets) throws IOException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        var variables = builder.environment();
        variables.keySet().retainAll(PASSED_ON);
        variables.put("DOCKER_HOST", engine);
        variables.put("BUILDX_NO_DEFAULT_ATTESTATIONS", "1"); // an image, and nothing that goes with it
        variables.putAll(secrets);
        var process = builder.start();
        process.getOutputStream().close();
        return process;
    }
}

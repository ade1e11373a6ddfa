// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.protocol.compose.ComposeProject;
import dev.assay.sdk.protocol.compose.ComposeService;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import java.net.URI;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs Compose projects on the engine of a {@link DockerRuntime}: each service as a container with the walls of an image's, in networks of
 * the project that lead nowhere else.
 */
public final class ComposeRuntime implements Runtime {

    public static final String NAME = "compose";

    private final DockerRuntime docker;
    private final ProjectWalls walls;

    public ComposeRuntime(DockerRuntime docker) {
        this.docker = docker;
        this.walls = new ProjectWalls(docker.open());
    }

    @Override
    public String name() {
        return NAME;
    }

    /** What was built for a project and lies in no registry is its engine's alone. */
    @Override
    public List<String> kinds() {
        return docker.presence().kinds(NAME);
    }

    @Override
    public boolean isAway() {
        return docker.isAway();
    }

    @Override
    public Optional<String> refusal(RuntimeConfig config) {
        return docker.refusalOfResources(config).or(() -> unreadable(config));
    }

    private Optional<String> unreadable(RuntimeConfig config) {
        if (config.compose() == null) {
            return Optional.empty();
        }
        try {
            return ComposeProject.read(config.compose()).started().stream()
                    .filter(service -> !service.isBuilt())
                    .flatMap(service -> docker.images().refusal(String.valueOf(service.image())).stream()
                            .map(refusal -> "service '" + service.name() + "': " + refusal))
                    .findFirst();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public PreparedProject prepare(Source source, Consumer<String> log) throws SandboxException, InterruptedException {
        if (!(source instanceof Source.Compose compose)) {
            throw new IllegalArgumentException("no Compose project: " + source);
        }
        docker.presence().requireFit("runtime_config asks for compose: this worker runs none, because ");
        Map<String, DockerImage> images = new HashMap<>();
        for (var service : compose.project().started()) {
            images.put(service.name(), image(service, compose, log));
        }
        return new PreparedProject(compose.project(), images);
    }

    private DockerImage image(ComposeService service, Source.Compose compose, Consumer<String> log) throws SandboxException, InterruptedException {
        if (service.isBuilt()) {
            var built = compose.built().get(service.buildKey());
            if (built == null) {
                throw new SandboxException("service '" + service.name() + "' is to be built, and the environment was deployed without that: "
                        + "deploy it with this project in its runtime_config");
            }
            return docker.images().built(new Source.Built(built, compose.engine()), log);
        }
        var asked = String.valueOf(service.image());
        var refused = docker.images().refusal(asked);
        if (refused.isPresent()) {
            throw new SandboxException("service '" + service.name() + "': " + refused.get());
        }
        return docker.images().named(asked, log);
    }

    @Override
    public Sandbox launch(SandboxSpec spec) throws SandboxException, InterruptedException {
        var prepared = (PreparedProject) spec.prepared();
        walls.require(spec.label());
        return docker.open().launch(
                spec, prepared.image(prepared.main()),
                (sandbox, labels) -> new ProjectStart(docker.engine(), docker.open(), sandbox, prepared, spec, labels).run());
    }

    @Override
    public boolean hasOnlyTheDoor() {
        return true;
    }

    @Override
    public Optional<URI> door() {
        return docker.door();
    }

    /** What is left of projects is found with all other containers. */
    @Override
    public int reap(Instant now) {
        return 0;
    }
}

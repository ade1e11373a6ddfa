// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.protocol.compose.ComposeService;
import dev.assay.sdk.protocol.compose.ComposeService.Condition;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Starts the services of a project, one after another, each once what it depends on has come far enough. */
final class ProjectStart {

    private static final long LOOK_EVERY_MILLIS = 200;

    private final OpenSandboxes open;
    private final Engine engine;
    private final ProjectParts parts;
    private final DockerSandbox sandbox;
    private final PreparedProject prepared;
    private final SandboxSpec spec;
    private final Map<String, String> labels;
    private final ServiceContainer containers;
    private final Map<String, ContainerOutput> outputs = new HashMap<>();
    private final SeenServices services;
    private final long deadline;

    ProjectStart(Engine engine, OpenSandboxes open, DockerSandbox sandbox, PreparedProject prepared, SandboxSpec spec, Map<String, String> labels) {
        this.open = open;
        this.engine = engine;
        this.parts = new ProjectParts(engine);
        this.sandbox = sandbox;
        this.prepared = prepared;
        this.spec = spec;
        this.labels = labels;
        this.containers = new ServiceContainer(sandbox.id(), prepared, spec, labels, open.access(sandbox.id()));
        this.services = new SeenServices(SandboxContainer.name(sandbox.id()));
        this.deadline = System.nanoTime() + spec.limits().startup().toNanos();
    }

    /** Returns what is left of the time to start. */
    Duration run() throws EngineException, SandboxException, InterruptedException {
        makeParts();
        open.startRelay(sandbox.id(), spec.network(), containers.placeOfRelay(), labels);
        if (prepared.project().hasAccess()) {
            openAccess();
        }
        for (var service : prepared.project().started()) {
            for (var needed : service.dependsOn().entrySet()) {
                await(prepared.project().services().get(needed.getKey()), needed.getValue());
            }
            start(service);
        }
        for (var service : prepared.project().started()) {
            if (service.healthCheck() != null && !service.healthCheck().isOff()) {
                await(service, Condition.SERVICE_HEALTHY);
            }
        }
        return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    }

    /** It ends with the sandbox. */
    private void openAccess() throws EngineException, SandboxException {
        try {
            var access = ServiceAccess.open(engine, services, open.access(sandbox.id()));
            sandbox.whenClosed(access::close);
        } catch (IOException e) {
            throw SandboxException.ofHost("the socket for access to services cannot be made: " + e.getMessage(), e);
        }
    }

    private void makeParts() throws EngineException {
        var networks = new TreeSet<String>();
        var volumes = new TreeSet<String>();
        for (var service : prepared.project().started()) {
            networks.addAll(service.networks().keySet());
            service.volumes().forEach(volume -> volumes.add(volume.volume()));
        }
        for (var network : networks) {
            parts.createNetwork(ProjectParts.name(sandbox.id(), network), labels);
        }
        for (var volume : volumes) {
            // whoever has filled one may end and no longer be held to account for it: all together have one limit
            parts.createVolume(ProjectParts.name(sandbox.id(), volume), spec.limits().memoryBytes() / volumes.size(), labels);
        }
    }

    private void start(ComposeService service) throws EngineException, SandboxException, InterruptedException {
        var name = containers.name(service);
        var id = engine.create(containers.recipe(service), containers.more(service));
        for (var network : containers.furtherNetworks(service).entrySet()) {
            parts.connect(name, network.getKey(), network.getValue());
        }
        if (service.equals(prepared.main())) {
            open.putPlaceOfSessions(sandbox);
        }
        var output = service.equals(prepared.main()) ? sandbox.output() : new ContainerOutput(new CompletableFuture<>());
        outputs.put(service.name(), output);
        if (prepared.project().hasAccess()) {
            services.add(new SeenServices.Seen(service.name(), id, alias(service), name, prepared.image(service).name(), output));
        }
        engine.follow(name, output::add);
        engine.start(name);
    }

    /** The environment's host has the relay's name, which is its id: by that it asks for itself. */
    private String alias(ComposeService service) throws EngineException {
        return service.equals(prepared.main()) ? engine.container(Relay.name(sandbox.id())).getId() : "";
    }

    private void await(ComposeService service, Condition condition) throws EngineException, SandboxException, InterruptedException {
        while (condition != Condition.SERVICE_STARTED) {
            sandbox.requireNotEnded();
            var state = engine.container(containers.name(service)).getState();
            var health = state.getHealth() == null || state.getHealth().getStatus() == null ? "none" : state.getHealth().getStatus();
            boolean running = Boolean.TRUE.equals(state.getRunning()) || Boolean.TRUE.equals(state.getRestarting());
            var code = state.getExitCodeLong();
            if (condition == Condition.SERVICE_HEALTHY ? running && health.equals("healthy") : !running && code != null && code == 0) {
                return;
            }
            if (!running) {
                throw failed(service, Boolean.TRUE.equals(state.getOOMKilled()) ? "used more memory than its limit" : "exited with code " + code);
            }
            if (condition == Condition.SERVICE_HEALTHY && !health.equals("starting")) {
                throw failed(service, health.equals("none") ? "has no healthcheck, and others wait for it to be healthy" : "is " + health);
            }
            if (System.nanoTime() > deadline) {
                throw failed(service, (condition == Condition.SERVICE_HEALTHY ? "was not healthy" : "had not ended") + " within "
                        + spec.limits().startup().toSeconds() + "s");
            }
            Thread.sleep(LOOK_EVERY_MILLIS);
        }
    }

    private SandboxException failed(ComposeService service, String because) {
        var tail = outputs.get(service.name()).tail();
        var last = tail.last();
        return new SandboxException("service '" + service.name() + "' " + because + (last.isEmpty() ? "" : ": " + last), tail.toString());
    }
}

// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.OutputTail;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts runs as forks of what is loaded already, where that can be. */
final class Forks {

    private static final Logger LOG = LoggerFactory.getLogger(Forks.class);
    private static final String SERVE = ProcessRuntime.resource("serve.py");
    private static final String PARENT = ProcessRuntime.resource("parent.py") + ProcessRuntime.resource("hosts.py") + SERVE;

    private final Workshop workshop;
    private final Parents parents = new Parents();
    private final Optional<String> impossible;

    Forks(Workshop workshop, boolean wanted) {
        this.workshop = workshop;
        this.impossible = wanted ? workshop.cannotFork() : Optional.of("forks are switched off");
    }

    /** Why none are made here; empty if they are. */
    Optional<String> impossible() {
        return impossible;
    }

    /** Why what it would load is loaded for this run alone, as far as is known; empty if it is loaded once for many. */
    Optional<Parents.Refusal> refusal(SandboxSpec spec) {
        var version = (PreparedVersion) spec.prepared();
        if (impossible.isPresent()) {
            return impossible.map(why -> new Parents.Refusal(why, false));
        }
        if (!(version.recipe() instanceof Recipe.Python)) {
            return Optional.of(new Parents.Refusal("it is not written in Python", true));
        }
        if (spec.network() == Network.HOST) {
            return Optional.of(new Parents.Refusal("it has the machine's network", false));
        }
        return spec.ofThisRun().isEmpty()
                ? Optional.of(new Parents.Refusal("it is to be loaded afresh", false))
                : parents.refusal(Parents.Key.of(spec, version));
    }

    /** A fork of what other runs have loaded, which has begun; null if there can be none. */
    @Nullable Fork fork(SandboxSpec spec, PreparedVersion version) throws InterruptedException {
        if (refusal(spec).isPresent()) {
            return null;
        }
        var key = Parents.Key.of(spec, version);
        var loaded = parents.loaded(key, spec.limits().startup(), () -> startParent(spec, version)).orElse(null);
        if (loaded == null) {
            return null;
        }
        var waiting = loaded.takeWaiting();
        var fork = waiting == null ? wallOff(key, loaded, spec, version, true) : waiting;
        if (fork == null) {
            return null;
        }
        try {
            var folder = fork.process().folder();
            var serving = Serving.of(spec, version, folder, SERVE);
            var variables = serving.variables(folder, spec.environmentVariables(), workshop.variables(spec.network()));
            workshop.begin(fork.process(), spec, variables);
        } catch (IOException e) {
            LOG.warn("a fork of version {} of '{}' cannot begin, it is loaded afresh: {}", version.id(), spec.declaredName(), e.getMessage());
            fork.discard();
            return null;
        }
        // once it serves, or takes long to: somebody waits for it, and hardly anybody for the next
        fork.port().copy().orTimeout(1, TimeUnit.SECONDS)
                .whenComplete((port, failure) -> Thread.startVirtualThread(() -> makeWaiting(key, loaded, spec, version)));
        return fork;
    }

    private void makeWaiting(Parents.Key key, Parents.Parent parent, SandboxSpec spec, PreparedVersion version) {
        while (parent.wantsWaiting()) {
            @Nullable Fork made = null;
            try {
                made = wallOff(key, parent, spec, version, false);
            } finally {
                parent.made(made); // in any case: else no other would be made
            }
            if (made == null) {
                return;
            }
        }
    }

    /**
     * One that waits to begin; null if there can be none now.
     *
     * @param awaited whether a run waits for it: what nobody asked for yet may fail as often as the machine is short of something
     */
    private @Nullable Fork wallOff(Parents.Key key, Parents.Parent parent, SandboxSpec spec, PreparedVersion version, boolean awaited) {
        int place = parent.takePlace();
        if (place < 0) {
            return null;
        }
        var keeper = parent.keeper.join();
        boolean open = false;
        SandboxFolder folder = null;
        try {
            folder = workshop.newFolderWithin(
                    new SandboxLabel("fork-of-" + version.id(), 0), keeper.folder().user() + place * Workshop.USERS);
            var serving = Serving.of(spec, version, folder, SERVE);
            serving.layOut(folder, version.source());
            var tail = new OutputTail();
            var port = new CompletableFuture<Integer>();
            var process = workshop.fork(
                    keeper, folder, spec.network(), spec.limits(), serving.visible(), ProcessSandbox.listener(tail, port));
            open = true;
            parent.succeeds();
            return new Fork(process, tail, port, () -> parent.leavePlace(place));
        } catch (IOException e) {
            LOG.warn("a fork of version {} of '{}' cannot be walled off, it is loaded afresh: {}", version.id(), spec.declaredName(),
                    e.getMessage());
            if (awaited && keeper.alive() && parent.failsAgain()) {
                parents.refuse(key, new Parents.Refusal("forks of it cannot be walled off: " + e.getMessage(), false));
            }
            return null;
        } finally {
            if (!open) {
                parent.leavePlace(place);
                if (folder != null) {
                    folder.delete();
                }
            }
        }
    }

    private Keeper startParent(SandboxSpec spec, PreparedVersion version) throws IOException {
        var folder = workshop.newFolder(new SandboxLabel("parent-of-" + version.id(), 0), Parents.RANGES);
        try {
            var serving = Serving.of(spec, version, folder, PARENT);
            var command = new ArrayList<>(serving.command());
            command.add(command.indexOf(PARENT) + 1, String.join(",", spec.ofThisRun()));
            Map<String, String> given = new LinkedHashMap<>(spec.environmentVariables());
            spec.ofThisRun().forEach(name -> given.computeIfPresent(name, (same, value) -> UUID.randomUUID() + "-" + UUID.randomUUID()));
            serving.layOut(folder, version.source());
            var variables = serving.variables(folder, given, workshop.variables(spec.network()));
            var python = Objects.requireNonNull(version.virtualEnvironment()).base();
            return workshop.startParent(
                    folder, Parents.RANGES, python, spec.limits(), folder.start(variables, command), serving.visible());
        } catch (IOException | RuntimeException e) {
            workshop.close(folder, null);
            throw e;
        }
    }

    void endIdle() {
        parents.endIdle();
    }

    /** Ends every parent, and whatever it has forked. */
    void close() {
        parents.close();
    }
}

// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import com.github.dockerjava.api.model.Info;
import dev.assay.sdk.runtimes.SandboxException;
import java.util.List;
import java.util.Optional;

/** Whether there is an engine that runs strangers' images, and which one: it may come later than its worker, go, and be another one then. */
final class EnginePresence {

    private enum State {
        /** None has answered yet that runs images. */
        NEVER_SEEN,
        HERE,
        GONE
    }

    private final Engine engine;
    private volatile State state = State.NEVER_SEEN;
    private volatile String id = "";

    EnginePresence(Engine engine) {
        this.engine = engine;
    }

    /** A runtime's kinds: images that were built here and lie in no registry are this engine's alone. */
    List<String> kinds(String name) {
        return id.isEmpty() ? List.of(name) : List.of(name, name + "@" + id);
    }

    /** Why no image runs here, in a sentence for people; empty if they do. */
    Optional<String> unfitBecause() {
        return unfitBecause(engine::info);
    }

    /** A way to ask an engine what it is. */
    @FunctionalInterface
    private interface Asked {
        Info info() throws EngineException;
    }

    private Optional<String> unfitBecause(Asked asked) {
        var unfit = seen(asked);
        if (unfit.isEmpty()) {
            state = State.HERE;
        } else if (state == State.HERE) {
            state = State.GONE;
        }
        return unfit;
    }

    private Optional<String> seen(Asked asked) {
        if (!engine.isOfThisMachine()) {
            return Optional.of("the Docker engine at " + engine.address() + " is not on this machine: containers and worker meet in a folder");
        }
        var lacking = RelayImage.refusal();
        if (lacking.isPresent()) {
            return lacking;
        }
        try {
            var info = asked.info();
            id = String.valueOf(info.getId()); // another one than before may answer
            var security = info.getSecurityOptions();
            return security != null
                    && security.stream().anyMatch(option -> option.contains("seccomp") && !option.contains("profile=unconfined"))
                    ? Optional.empty()
                    : Optional.of("the Docker engine at " + engine.address() + " has no seccomp");
        } catch (EngineException e) {
            return Optional.of(e.isAway() ? "no Docker engine answers at " + engine.address() : "the Docker engine refuses: " + e.getMessage());
        }
    }

    /** @param otherwise what is not done then; the reason is put behind it */
    void requireFit(String otherwise) throws SandboxException {
        var unfit = unfitBecause();
        if (unfit.isPresent()) {
            throw SandboxException.ofHost(otherwise + unfit.get(), null);
        }
    }

    boolean hasGpus() {
        try {
            var runtimes = engine.info().getRuntimes();
            return runtimes != null && runtimes.containsKey("nvidia");
        } catch (EngineException e) {
            return true; // nobody knows: whoever makes the image ready is told that it does not answer
        }
    }

    /** Whether there is none just now that runs images. One that is here is taken to stay, until somebody finds that it does not answer. */
    boolean isAway() {
        return state != State.HERE && unfitBecause(engine::infoBriefly).isPresent();
    }

    /** Whether one was here that was not when it was last asked: it may come back, and what was begun with it is not done without it. */
    boolean isGone() {
        return state == State.GONE;
    }
}

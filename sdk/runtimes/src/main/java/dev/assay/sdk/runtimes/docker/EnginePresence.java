// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import com.github.dockerjava.api.model.Info;
import dev.assay.sdk.runtimes.SandboxException;
import java.util.List;
import java.util.Optional;

/** Whether there is an engine that runs strangers' images, and which one: it may come later than its worker, go, and be another one then. */
final class EnginePresence {

    private final Engine engine;
    private volatile boolean answered;
    private volatile boolean gone;
    private volatile String id = "";

    EnginePresence(Engine engine) {
        this.engine = engine;
    }

    /** A runtime's kinds: images that were built here and lie in no registry are this engine's alone. */
    List<String> kinds(String name) {
        if (id.isEmpty()) {
            try {
                id = String.valueOf(engine.infoBriefly().getId());
            } catch (EngineException e) {
                return List.of(name);
            }
        }
        return List.of(name, name + "@" + id);
    }

    /** Why no image runs here, in a sentence for people; empty if they do. */
    Optional<String> unfitBecause() {
        if (!engine.isOfThisMachine()) {
            return Optional.of("the Docker engine at " + engine.address() + " is not on this machine: containers and worker meet in a folder");
        }
        var lacking = RelayImage.refusal();
        if (lacking.isPresent()) {
            return lacking;
        }
        try {
            var security = info().getSecurityOptions();
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
            var runtimes = info().getRuntimes();
            return runtimes != null && runtimes.containsKey("nvidia");
        } catch (EngineException e) {
            return true; // nobody knows: whoever makes the image ready is told that it does not answer
        }
    }

    private Info info() throws EngineException {
        try {
            var info = engine.info();
            answered = true;
            return info;
        } catch (EngineException e) {
            gone = answered && e.isAway();
            throw e;
        }
    }

    /** Where none has ever answered, whoever asks for an image is told so. */
    boolean isAway() {
        if (gone) {
            try {
                engine.pingBriefly();
                id = ""; // another one may answer now
                gone = false;
            } catch (EngineException e) {
                gone = e.isAway();
            }
        }
        return gone;
    }
}

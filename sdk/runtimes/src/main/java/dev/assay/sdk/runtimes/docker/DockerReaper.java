// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.runtimes.Remains;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.spare.SpareKeeping;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends and deletes containers that nobody needs any more, whoever started them. */
final class DockerReaper {

    private static final Logger LOG = LoggerFactory.getLogger(DockerReaper.class);

    private final Engine engine;
    private final ProjectParts parts;
    private final DockerSettings settings;
    private final Predicate<String> open;
    private final Remains remains;

    /** @param open whether this worker has a sandbox of this id */
    DockerReaper(Engine engine, DockerSettings settings, Predicate<String> open) {
        this.engine = engine;
        this.parts = new ProjectParts(engine);
        this.settings = settings;
        this.open = open;
        this.remains = new Remains(settings.installation(), settings.owner(), settings.lives(), open);
    }

    /** Returns how many sandboxes were left. */
    int reap(Instant now) {
        return end(found(labels -> remains.include(now, labels.installation(), labels.owner(), labels.sandbox(), labels.deadline())));
    }

    /** Of sandboxes that are not this worker's. Returns how many were of work that is over. */
    int reapOver(UnaryOperator<Set<SandboxLabel>> over) {
        var others = found(labels -> !open.test(labels.sandbox()) && labels.of().isPresent());
        Remains.keepOver(others, DockerLabels::of, over);
        return end(others);
    }

    /** One of each sandbox: a spare's container is the only one that says whose it has become. */
    private Map<String, DockerLabels> found(Predicate<DockerLabels> wanted) {
        var found = new TreeMap<String, DockerLabels>();
        try {
            Stream.concat(engine.labelled(Map.of(), List.of(DockerLabels.SANDBOX), false).stream().map(DockerLabels::read), parts.labels().map(DockerLabels::read))
                    .filter(labels -> labels.sandbox().matches(OpenSandboxes.IDS)) // an image can bring such a label along
                    .filter(wanted)
                    .forEach(labels -> found.merge(
                            labels.sandbox(), labels, (one, other) -> SpareKeeping.LABEL.run().equals(other.run()) ? one : other));
            return found;
        } catch (EngineException e) {
            LOG.debug("no containers are looked for: {}", e.getMessage());
            return Map.of();
        }
    }

    private int end(Map<String, DockerLabels> left) {
        int reaped = 0;
        for (var one : left.values()) {
            try {
                LOG.info("ending sandbox {} that is left of run {} attempt {}", one.sandbox(), one.run(), one.attempt());
                end(one.sandbox());
                reaped++;
            } catch (EngineException e) {
                LOG.warn("the container of sandbox {} cannot be removed: {}", one.sandbox(), e.getMessage());
            }
        }
        return reaped;
    }

    /** The environment first: without its network it would only complain. */
    void end(String sandbox) throws EngineException {
        engine.remove(SandboxContainer.name(sandbox));
        for (var container : engine.labelled(Map.of(DockerLabels.SANDBOX, sandbox), List.of(), false)) {
            for (var name : container.getNames()) {
                if (name.startsWith("/" + SandboxContainer.name(sandbox) + "-") && !name.equals("/" + Relay.name(sandbox))) {
                    engine.remove(name.substring(1));
                }
            }
        }
        engine.remove(Relay.name(sandbox));
        parts.remove(sandbox);
        try {
            Files.deleteIfExists(settings.sockets().resolve(sandbox));
            Files.deleteIfExists(settings.sockets().resolve(sandbox + "-services"));
        } catch (IOException e) {
            LOG.debug("the socket of sandbox {} stays: {}", sandbox, e.toString());
        }
    }
}

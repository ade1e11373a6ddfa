// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.Remains;
import dev.assay.sdk.runtimes.SandboxLabel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends and deletes what workers that are no more have left behind, and what this one could not when it was over. */
final class Reaper {

    private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);

    /** A folder without a record may be one that is just being made. */
    private static final Duration TIME_TO_WRITE = Duration.ofMinutes(1);

    private final Path sandboxes;
    private final Owners owners;
    private final Leftovers leftovers;

    Reaper(Path sandboxes, Owners owners, Leftovers leftovers) {
        this.sandboxes = sandboxes;
        this.owners = owners;
        this.leftovers = leftovers;
    }

    /** Returns how many sandboxes were left. */
    int reap(Instant now) {
        int reaped = 0;
        boolean clean = true;
        try (var folders = Files.list(sandboxes)) {
            for (var folder : folders.toList()) {
                if (leftovers.contains(folder) || isLeft(folder, now)) {
                    boolean gone = end(folder);
                    clean &= gone;
                    reaped += gone ? 1 : 0;
                }
            }
        } catch (IOException e) {
            LOG.warn("cannot look for what dead workers left", e);
            return reaped;
        }
        if (clean) {
            owners.forgetTheDead();
        }
        return reaped;
    }

    /** Of sandboxes that are not this worker's. Returns how many were of work that is over. */
    int reapOver(UnaryOperator<Set<SandboxLabel>> over) {
        var others = new HashMap<Path, SandboxLabel>();
        try (var folders = Files.list(sandboxes)) {
            folders.forEach(folder -> {
                try {
                    var record = SandboxRecord.readFrom(folder);
                    if (!record.owner().equals(owners.self())) {
                        others.put(folder, record.label());
                    }
                } catch (IOException e) {
                    // just being made, or just gone
                }
            });
        } catch (IOException e) {
            LOG.warn("cannot look for what others run", e);
        }
        if (others.isEmpty()) {
            return 0;
        }
        var ended = over.apply(Set.copyOf(others.values()));
        return (int) others.entrySet().stream().filter(other -> ended.contains(other.getValue()) && end(other.getKey())).count();
    }

    /** Of what is this worker's own it ends in time itself. */
    private boolean isLeft(Path folder, Instant now) {
        try {
            var record = SandboxRecord.readFrom(folder);
            return !owners.lives(record.owner()) || !record.owner().equals(owners.self()) && record.deadline(folder).isBefore(now.minus(Remains.SPARE));
        } catch (IOException e) {
            try {
                return Files.getLastModifiedTime(folder).toInstant().isBefore(now.minus(TIME_TO_WRITE));
            } catch (IOException gone) {
                return false;
            }
        }
    }

    private boolean end(Path folder) {
        try {
            var left = SandboxRecord.readFrom(folder);
            LOG.info("ending the sandbox that is left of run {} attempt {}", left.run(), left.attempt());
            left.group().kill();
            LabelledProcesses.kill(left.id());
            if (!left.group().delete()) {
                leftovers.add(folder, "the sandbox's control group cannot be deleted");
                return false; // its record stays, for the next time
            }
        } catch (IOException e) {
            // half made: it has no processes yet
        }
        try {
            DeleteFolder.orSayWhyNot(folder);
            leftovers.gone(folder);
            return true;
        } catch (IOException e) {
            leftovers.add(folder, e.toString());
            return false;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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

    private boolean isLeft(Path folder, Instant now) {
        try {
            return !owners.lives(SandboxRecord.readFrom(folder).owner());
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

// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import dev.assay.kit.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/** Files that recordings are in while they are read or loaded: so many at a time, and each is gone afterwards, whatever became of it. */
final class Spool {

    private final Path folder;
    private final Semaphore turns;
    private final String busy;

    /** @param busy what is told whoever comes when there are as many as may be */
    Spool(Path folder, int most, String busy) {
        this.folder = folder;
        this.turns = new Semaphore(most);
        this.busy = busy;
    }

    interface Work<T> {
        T with(Path file) throws IOException;
    }

    /** @throws Problem 503 if there are as many as may be */
    <T> T use(Work<T> work) throws IOException {
        if (!turns.tryAcquire()) {
            throw Problem.unavailable(busy);
        }
        try {
            var file = Files.createTempFile(folder, "recording-", ".jsonl");
            try {
                return work.with(file);
            } finally {
                Files.deleteIfExists(file);
            }
        } finally {
            turns.release();
        }
    }
}

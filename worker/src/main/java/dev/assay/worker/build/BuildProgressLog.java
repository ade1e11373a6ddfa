// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.build;

import dev.assay.contracts.internal.BuildLine;
import dev.assay.contracts.internal.BuildProgress;
import dev.assay.worker.lease.LeaseKeeper;
import dev.assay.worker.lease.LeaseLostException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** A build's log on its way to environment-service; every part that is sent renews the lease as well. */
final class BuildProgressLog {

    private static final int LARGEST_PART = 200;

    /** What is not sent yet is in memory, and a stranger's code has a say in how much it prints. */
    private static final int MOST_LINES = 2_000;

    private static final int LONGEST_LINE = 4_000;

    /** Takes a part of the log to environment-service. */
    interface Sender {
        LeaseKeeper.Held send(BuildProgress part) throws LeaseLostException;
    }

    private final int attempt;
    private final Sender sender;
    private final Redacted redacted;
    private final Clock clock;
    private final List<BuildLine> lines = new ArrayList<>();
    private int told;

    BuildProgressLog(int attempt, Sender sender, Redacted redacted, Clock clock) {
        this.attempt = attempt;
        this.sender = sender;
        this.redacted = redacted;
        this.clock = clock;
    }

    synchronized void line(String message) {
        if (lines.size() < MOST_LINES) {
            add(message);
        } else if (lines.size() == MOST_LINES) {
            add("… further lines are not kept");
        }
    }

    /** The last word, which is always heard. */
    synchronized void conclude(String message) {
        add(message);
    }

    /** As it may be shown. */
    String shown(String message) {
        return redacted.of(message);
    }

    private void add(String text) {
        var message = shown(text);
        var line = message.length() > LONGEST_LINE ? message.substring(0, LONGEST_LINE) + " …" : message;
        lines.add(new BuildLine(clock.instant(), line));
    }

    /** Sends what is new, if anything is. A part that got lost on the way is sent again with the same number. */
    LeaseKeeper.Held send() throws LeaseLostException {
        List<BuildLine> part;
        int first;
        synchronized (this) {
            first = told;
            part = List.copyOf(lines.subList(told, Math.min(lines.size(), told + LARGEST_PART)));
        }
        var held = sender.send(new BuildProgress(attempt, first, part));
        synchronized (this) {
            told = first + part.size();
        }
        return held;
    }

    synchronized boolean isTold() {
        return told == lines.size();
    }
}

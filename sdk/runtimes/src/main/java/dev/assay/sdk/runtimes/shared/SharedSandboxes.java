// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.shared;

import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Sandboxes in which several are at a time, each with a session of its own. One is launched when somebody comes for whom there is no room in
 * another, and closed when the last has left.
 */
public final class SharedSandboxes {

    private static final Duration ANSWERS = Duration.ofSeconds(5);

    private final Clock clock;
    private final Duration answers;
    private final List<SharedSandbox> letIn = new ArrayList<>();

    public SharedSandboxes(Clock clock) {
        this(clock, ANSWERS);
    }

    /** @param answers how long a sandbox may take to answer somebody who is to be let in */
    SharedSandboxes(Clock clock, Duration answers) {
        this.clock = clock;
        this.answers = answers;
    }

    /** Launches a sandbox that nobody is in yet. */
    @FunctionalInterface
    public interface Launch {

        Sandbox launch() throws SandboxException, InterruptedException;
    }

    /**
     * Lets somebody into a sandbox that has room and answers, or into a new one. While one is being launched others wait for it; what keeps
     * it from starting, each of them hears.
     *
     * @param key equal for those who may meet
     * @param width how many may be in one at a time
     * @param needed how long whoever comes may stay
     * @param launch of a sandbox that lives for {@link #lifetime} of that
     * @return closed, it is left; whoever leaves last finds it gone when that returns
     */
    public Sandbox enter(Object key, int width, Duration needed, Launch launch) throws SandboxException, InterruptedException {
        while (true) {
            var place = place(key, width, needed);
            try {
                var sandbox = place.isFirst() ? place.in().launched(launch) : place.in().await();
                if (sandbox.isPresent() && (place.isFirst() || answers(sandbox.get()))) {
                    return new Seat(sandbox.get(), () -> leave(place.in()));
                }
            } catch (SandboxException | InterruptedException | RuntimeException | Error e) {
                if (place.isFirst()) {
                    closeTo(place.in());
                }
                leave(place.in());
                throw e;
            }
            closeTo(place.in());
            leave(place.in());
        }
    }

    /** So long that there is room for whoever comes until the first must have left. */
    public static Duration lifetime(Duration needed) {
        return needed.multipliedBy(2);
    }

    private record Place(SharedSandbox in, boolean isFirst) {}

    private synchronized Place place(Object key, int width, Duration needed) {
        var now = clock.instant();
        for (var sandbox : letIn) {
            if (sandbox.takes(key, width, now.plus(needed))) {
                sandbox.occupants++;
                return new Place(sandbox, false);
            }
        }
        var fresh = new SharedSandbox(key, now.plus(lifetime(needed)));
        letIn.add(fresh);
        return new Place(fresh, true);
    }

    /** One in which somebody does not answer, or never will, is left to those who are in it. */
    private synchronized void closeTo(SharedSandbox sandbox) {
        letIn.remove(sandbox);
    }

    private void leave(SharedSandbox left) {
        synchronized (this) {
            if (--left.occupants > 0) {
                return;
            }
            letIn.remove(left);
        }
        left.close();
    }

    /** How many are in those of them that somebody with this key might be let into, or wait for them to be launched. */
    synchronized int occupants(Object key) {
        return letIn.stream().filter(sandbox -> sandbox.isFor(key)).mapToInt(sandbox -> sandbox.occupants).sum();
    }

    /** One run may have brought the whole environment to a stand: nobody else is sent into that. */
    private boolean answers(Sandbox sandbox) throws InterruptedException {
        if (!sandbox.alive()) {
            return false;
        }
        try (var hello = ControlClient.connect(sandbox.address(), answers)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}

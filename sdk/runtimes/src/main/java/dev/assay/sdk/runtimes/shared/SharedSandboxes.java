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
import java.util.Optional;

/**
 * Sandboxes in which several are at a time, each with a session of its own. One is launched when somebody comes for whom there is no room in
 * another, and closed when the last has left.
 */
public final class SharedSandboxes {

    private static final Duration ANSWERS = Duration.ofSeconds(30);

    private final Clock clock;
    private final Duration answers;
    private final List<SharedSandbox> letIn = new ArrayList<>();

    public SharedSandboxes(Clock clock) {
        this(clock, ANSWERS);
    }

    /** @param answers how long a sandbox in which others are may take to answer before it counts as brought to a stand */
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
     * Lets somebody into a sandbox that has room and answers, or into a new one. While one is being launched all wait for it; what keeps it
     * from starting, each of them hears.
     *
     * @param key equal for those who may meet
     * @param width how many may be in one at a time
     * @param who is let into none in which the same has been before: what that left there would be found
     * @param needed how long whoever comes may stay
     * @param launch of a sandbox that lives for {@link #lifetime} of that; interrupted if nobody waits for it any more
     * @return closed, it is left; whoever leaves last finds it gone when that returns
     */
    public Sandbox enter(Object key, int width, String who, Duration needed, Launch launch) throws SandboxException, InterruptedException {
        while (true) {
            var place = place(key, width, who, needed, launch);
            var in = place.in();
            try {
                var sandbox = in.await();
                if (place.isNew() || answers(sandbox)) {
                    return new Seat(this, in, sandbox);
                }
            } catch (SandboxException | InterruptedException | RuntimeException | Error e) {
                leave(in);
                throw e;
            }
            closeTo(in);
            leave(in);
        }
    }

    /** So long that there is room for whoever comes until the first must have left. */
    public static Duration lifetime(Duration needed) {
        return needed.multipliedBy(2);
    }

    /** @param isNew whether nobody was in it yet who could have brought it to a stand */
    private record Place(SharedSandbox in, boolean isNew) {}

    private synchronized Place place(Object key, int width, String who, Duration needed, Launch launch) {
        var now = clock.instant();
        for (var sandbox : letIn) {
            if (sandbox.takes(key, width, who, now.plus(needed))) {
                sandbox.enter(who);
                return new Place(sandbox, !sandbox.isLaunched());
            }
        }
        var fresh = new SharedSandbox(key, now.plus(lifetime(needed)), launch, this::closeTo);
        fresh.enter(who);
        letIn.add(fresh);
        fresh.start();
        return new Place(fresh, true);
    }

    /** It is left to those who are in it. */
    synchronized void closeTo(SharedSandbox sandbox) {
        letIn.remove(sandbox);
    }

    void leave(SharedSandbox left) {
        synchronized (this) {
            if (!left.leave()) {
                return;
            }
            letIn.remove(left);
        }
        left.close();
    }

    /** What became of one in which others have been: nobody can tell whose doing it was. */
    Optional<String> brokenBecause(SharedSandbox in, Sandbox sandbox) {
        synchronized (this) {
            if (!in.hadCompany()) {
                return Optional.empty();
            }
        }
        if (!sandbox.alive()) {
            return Optional.of("it ended, and other runs have been in it");
        }
        try {
            return answers(sandbox) ? Optional.empty() : Optional.of("it does not answer any more, and other runs have been in it");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** How many are in those of them that somebody with this key might be let into, or wait for them to be launched. */
    synchronized int occupants(Object key) {
        return letIn.stream().filter(sandbox -> sandbox.isFor(key)).mapToInt(SharedSandbox::occupants).sum();
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

// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import dev.assay.sdk.protocol.RuntimeConfig;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A kind of place where sandboxes run, each serving one environment's control channel. */
public interface Runtime {

    /** As people and settings call it: {@code process}, {@code docker}, … */
    String name();

    /** What whoever gives work may ask for by name: this runtime, and what only this worker's has. */
    default List<String> kinds() {
        return List.of(name());
    }

    /** Why what is asked for cannot be had here, a sentence for whoever asked; empty if it can. */
    Optional<String> refusal(RuntimeConfig config);

    /** What of it is not given as it is asked for, though it runs; empty if all is. */
    default Optional<String> shortfall(RuntimeConfig config) {
        return Optional.empty();
    }

    /** Whether it runs sandboxes in a team's own account, which that team's credential opens; it takes nothing of the worker's machine then. */
    default boolean takesCredential() {
        return false;
    }

    /** Whether what it runs on is away just now, and may come back: nothing is asked for that it would have to run. */
    default boolean isAway() {
        return false;
    }

    /**
     * Makes a source ready; at once if it was before.
     *
     * @param log what it does, line by line
     * @throws SandboxException if it cannot be run; the message is for its author
     * @throws IllegalArgumentException if this runtime has no such sources
     */
    Prepared prepare(Source source, Consumer<String> log) throws SandboxException, InterruptedException;

    /**
     * Returns once the environment accepts connections.
     *
     * @param spec of what this runtime has made ready
     * @throws SandboxException if it does not come to that; nothing is left of the sandbox then
     */
    Sandbox launch(SandboxSpec spec) throws SandboxException, InterruptedException;

    /** Whether sandboxes of it may have what they load in common, each being a fork of what has loaded it. */
    default boolean forks(Prepared prepared) {
        return false;
    }

    /**
     * What of itself keeps it from being loaded once for many, as far as is known; empty also where only this machine keeps it from that now:
     * whether a sandbox is a fork, it says itself.
     */
    default Optional<String> loadedAfreshBecause(SandboxSpec spec) {
        return Optional.of(name() + " has no forks");
    }

    /**
     * The address inside a sandbox at which it reaches the worker's door; empty where sandboxes have none, since they share a network
     * with the worker or with somebody else.
     */
    Optional<URI> door();

    /** The same of sandboxes with this network. */
    default Optional<URI> door(Network network) {
        return door();
    }

    /** Whether nothing leads out of its sandboxes but that door: whoever keeps it decides about each host. */
    default boolean hasOnlyTheDoor() {
        return false;
    }

    /** Ends and deletes what dead workers left here, and what could not be when it was over; returns how many sandboxes that were. */
    int reap(Instant now);

    /** Whether sandboxes may be started ahead here, before there is a run for them; those that wait end if not. */
    default void keepSpares(boolean any) {}

    /**
     * Ends what others launched here, and may still hold, for work that is nobody's or somebody else's by now: a worker that hangs, or one whose
     * folder is gone. Where a provider ends them itself nothing is looked for.
     *
     * @param over asked once at most: which of these hold no lease any more; what nobody can tell of is not among them
     * @return how many that were
     */
    default int reapOver(UnaryOperator<Set<SandboxLabel>> over) {
        return 0;
    }
}

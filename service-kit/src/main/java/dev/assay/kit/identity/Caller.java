// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who is calling. A controller takes it as a parameter; the token that says it has been checked by then.
 *
 * @param team whose things may be seen and changed; all zeros for who is of no team
 * @param run the only run that this caller may touch, or null: any of the team's
 * @param attempt the attempt of that run that the caller speaks for; null without a run, and for one that has no attempts
 * @param model the model of that run, as its agent was submitted with it; known to the gateway alone
 * @param name the full name of the worker or trainer that is calling; null for everybody else
 * @param narrowed whether the role is less than the user's, because the scopes of the key that was used open no more
 */
public record Caller(
        TeamId team, UserId user, Role role, @Nullable RunId run, @Nullable Integer attempt, @Nullable String model,
        @Nullable String name, boolean narrowed) {

    private static final UUID NOBODY = new UUID(0, 0);

    /** Somebody of a team. */
    public Caller(TeamId team, UserId user, Role role) {
        this(team, user, role, null, null, null, null, false);
    }

    /** Who is of no team. */
    public static Caller of(Role role) {
        return new Caller(new TeamId(NOBODY), new UserId(NOBODY), role);
    }

    /** The holder of a run's key. */
    public static Caller holding(RunKeys.RunKey key) {
        return new Caller(key.team(), new UserId(NOBODY), Role.RUN, key.run(), key.attempt(), key.model(), null, false);
    }

    /** The same, for the spans of a run that was begun inside the key's own. Who drives it is inside, too: it has no attempts. */
    public static Caller holdingInside(RunKeys.RunKey key, RunId run) {
        return new Caller(key.team(), new UserId(NOBODY), Role.RUN, run, null, null, null, false);
    }

    /** Whoever has a link to something of a team's, and may look at that. */
    public static Caller reading(TeamId team) {
        return new Caller(team, new UserId(NOBODY), Role.VIEWER);
    }

    /** The same as somebody of a team, by a key whose scopes open no more than this role may. */
    public Caller narrowedTo(Role most) {
        return role.person() && role.compareTo(most) > 0 ? new Caller(team, user, most, run, attempt, model, name, true) : this;
    }

    /** The full name of the worker that is calling, where only workers are admitted. */
    public String requireWorker() {
        return required(Role.WORKER);
    }

    /** The full name of the trainer that is calling, where only trainers are admitted. */
    public String requireTrainer() {
        return required(Role.TRAINER);
    }

    private String required(Role named) {
        if (role != named) {
            throw new IllegalStateException("the caller is no " + named.word());
        }
        return Objects.requireNonNull(name);
    }

    static Caller named(Role role, String name) {
        return new Caller(new TeamId(NOBODY), new UserId(NOBODY), role, null, null, null, name, false);
    }
}

// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.gateway.audit.Audit;
import dev.assay.gateway.identity.KeyRules.Maker;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Makes, changes, rotates and revokes keys. */
@Component
class KeyIssue {

    private static final String KIND = "key";

    private final Teams teams;
    private final Users users;
    private final ApiKeys keys;
    private final Audit audit;
    private final Clock clock;

    KeyIssue(Teams teams, Users users, ApiKeys keys, Audit audit, Clock clock) {
        this.teams = teams;
        this.users = users;
        this.keys = keys;
        this.audit = audit;
        this.clock = clock;
    }

    /** A key as made, with the text that is never shown again, and whose it is. */
    record Issued(ApiKey key, KeyText text, User user) {

        KeyView view() {
            return KeyView.of(key, user);
        }
    }

    /**
     * What a key is to be.
     *
     * @param expires null: it does not end by itself
     */
    record Wanted(String name, Scopes scopes, @Nullable Instant expires, @Nullable KeyRecording recording) {}

    /**
     * Makes a key for the user of that name in the team of that name; both come to be if they are not there yet.
     *
     * @param role what the user may do from now on; null: as before, and for a new one: the first of a team is its administrator
     */
    @Transactional
    public Issued issue(String teamName, Wanted wanted, @Nullable Role role) {
        var now = clock.instant();
        teams.addUnlessThere(UUID.randomUUID(), teamName, now);
        var team = teams.getByName(teamName).id();
        users.addUnlessThere(UUID.randomUUID(), team.value(), wanted.name(), now);
        var user = users.getByTeamIdAndNameAndRemovedAtIsNull(team.value(), wanted.name());
        var operator = Caller.of(Role.OPERATOR);
        if (role != null && role != user.role()) {
            var before = Map.of("role", user.role().word());
            audit.changed(operator, team, "user.role", "user", user.id().toString(), before, Map.of("role", role.word()));
            user.is(role);
        }
        var issued = add(team, user, wanted);
        audit.changed(operator, team, "key.make", KIND, issued.key().id().toString(), null, issued.view());
        return issued;
    }

    /** Makes a key for somebody of the maker's team. */
    @Transactional
    public Issued make(Maker maker, @Nullable UserId forWhom, Wanted wanted) {
        maker.mayGive(wanted.scopes(), wanted.expires());
        var whose = forWhom == null ? maker.caller().user() : forWhom;
        refuseOthers(maker, whose, "making a key for somebody else");
        var user = users.findById(whose.value())
                .filter(known -> known.team().equals(maker.caller().team()) && !known.isRemoved())
                .orElseThrow(() -> Problem.notFound("There is no user " + whose + " in your team."));
        var issued = add(maker.caller().team(), user, wanted);
        audit.changed(maker.caller(), "key.make", KIND, issued.key().id().toString(), null, issued.view());
        return issued;
    }

    private Issued add(TeamId team, User user, Wanted wanted) {
        var text = KeyText.random();
        var key = new ApiKey(
                UUID.randomUUID(), team, user.id(), wanted.name(), text.hint(), wanted.scopes(), wanted.expires(), null, null,
                wanted.recording(), clock.instant());
        keys.insert(key, text);
        return new Issued(key, text, user);
    }

    /** @param change of what stands there to what shall */
    @Transactional
    public KeyView change(Maker maker, UUID id, UnaryOperator<Wanted> change) {
        var before = lock(maker, id, "changing the key of somebody else");
        KeyRules.refuseReplaced(before);
        var wanted = change.apply(new Wanted(before.name(), before.scopes(), before.expires(), before.recording()));
        var after = before.with(wanted.name(), wanted.scopes(), wanted.expires(), wanted.recording());
        if (KeyRules.givesMore(before, after)) {
            maker.mayGive(after.scopes(), after.expires());
        }
        keys.change(after);
        var user = user(after);
        audit.changed(maker.caller(), "key.change", KIND, id.toString(), KeyView.of(before, user), KeyView.of(after, user));
        return KeyView.of(after, user);
    }

    /** Another key takes the place of this one, which ends after the grace. Asked again, it says so: nobody gets a second one unnoticed. */
    @Transactional
    public Issued rotate(Maker maker, UUID id, Duration grace) {
        var old = lock(maker, id, "rotating the key of somebody else");
        var now = clock.instant();
        KeyRules.refuseToRotate(old, now);
        maker.mayGive(old.scopes(), old.expires());
        var user = user(old);
        var issued = add(old.team(), user, new Wanted(old.name(), old.scopes(), old.expires(), old.recording()));
        keys.replace(id, issued.key().id(), KeyRules.end(old, grace, now));
        var after = keys.find(id, old.team()).map(key -> KeyView.of(key, user)).orElse(null);
        audit.changed(maker.caller(), "key.rotate", KIND, id.toString(), KeyView.of(old, user), after);
        audit.changed(maker.caller(), "key.make", KIND, issued.key().id().toString(), null, issued.view());
        return issued;
    }

    @Transactional
    public void revoke(Maker maker, UUID id) {
        var key = lock(maker, id, "revoking the key of somebody else");
        if (keys.revoke(id, key.team())) {
            audit.changed(maker.caller(), "key.revoke", KIND, id.toString(), KeyView.of(key, user(key)), null);
        }
    }

    private ApiKey lock(Maker maker, UUID id, String what) {
        var key = keys.lock(id, maker.caller().team()).orElseThrow(() -> Problem.notFound("There is no key " + id + " in your team."));
        refuseOthers(maker, key.user(), what);
        return key;
    }

    private static void refuseOthers(Maker maker, UserId whose, String what) {
        var caller = maker.caller();
        if (whose.equals(caller.user()) || caller.role().covers(Role.ADMINISTRATOR)) {
            return;
        }
        throw Problem.forbidden(caller.narrowed()
                ? "The scopes of this key open what a " + caller.role().word() + " may; " + what
                        + " takes administrator, and of the key the scope 'admin'."
                : "Your role in this team is " + caller.role().word() + "; " + what + " takes administrator.");
    }

    private User user(ApiKey key) {
        return users.findById(key.user().value()).orElseThrow(() -> Problem.notFound("The key's user is gone."));
    }
}

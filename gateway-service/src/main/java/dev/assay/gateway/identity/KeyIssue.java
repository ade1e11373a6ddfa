// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.TeamId;
import dev.assay.kit.identity.Role;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Makes and revokes keys. */
@Component
class KeyIssue {

    private final Teams teams;
    private final Users users;
    private final ApiKeys keys;
    private final Clock clock;

    KeyIssue(Teams teams, Users users, ApiKeys keys, Clock clock) {
        this.teams = teams;
        this.users = users;
        this.keys = keys;
        this.clock = clock;
    }

    /** A key as made, with the text that is never shown again, and what its user may do. */
    record Issued(ApiKey key, KeyText text, Role role) {}

    /**
     * Makes a key for the user of that name in the team of that name; both come to be if they are not there yet.
     *
     * @param role what the user may do from now on; null: as before, and for a new one: the first of a team is its administrator
     */
    @Transactional
    public Issued issue(String teamName, String userName, @Nullable Role role) {
        var now = clock.instant();
        teams.addUnlessThere(UUID.randomUUID(), teamName, now);
        var team = teams.getByName(teamName).id();
        users.addUnlessThere(UUID.randomUUID(), team.value(), userName, now);
        var user = users.getByTeamIdAndName(team.value(), userName);
        if (role != null) {
            user.is(role);
        }
        var text = KeyText.random();
        return new Issued(keys.save(new ApiKey(team, user.id(), userName, text, now)), text, user.role());
    }

    List<ApiKey> of(TeamId team) {
        return keys.findByTeamIdAndRevokedAtIsNullOrderByCreatedAtAscIdAsc(team.value());
    }

    Optional<ApiKey> find(UUID id, TeamId team) {
        return keys.findByIdAndTeamIdAndRevokedAtIsNull(id, team.value());
    }

    @Transactional
    public void revoke(ApiKey key) {
        key.revoke(clock.instant());
        keys.save(key);
    }
}

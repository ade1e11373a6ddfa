// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.TeamId;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
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

    /** A key as made, with the text that is never shown again. */
    record Issued(ApiKey key, KeyText text) {}

    /** Makes a key for the user of that name in the team of that name; both come to be if they are not there yet. */
    @Transactional
    public Issued issue(String teamName, String userName) {
        var now = clock.instant();
        teams.addUnlessThere(UUID.randomUUID(), teamName, now);
        var team = teams.getByName(teamName).id();
        users.addUnlessThere(UUID.randomUUID(), team.value(), userName, now);
        var user = users.getByTeamIdAndName(team.value(), userName).id();
        var text = KeyText.random(KeyText.PREFIX);
        return new Issued(keys.save(new ApiKey(team, user, userName, text, now)), text);
    }

    List<ApiKey> of(TeamId team) {
        return keys.findByTeamIdAndRevokedAtIsNullOrderByCreatedAtAscIdAsc(team.value());
    }

    /** Whether there was such a key of the team. */
    @Transactional
    public boolean revoke(UUID id, TeamId team) {
        var found = keys.findByIdAndTeamIdAndRevokedAtIsNull(id, team.value());
        found.ifPresent(key -> {
            key.revoke(clock.instant());
            keys.save(key);
        });
        return found.isPresent();
    }
}

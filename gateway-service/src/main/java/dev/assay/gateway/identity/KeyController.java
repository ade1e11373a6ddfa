// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.ReadUuid;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Admits(Role.VIEWER)
@Tag(name = "Identity")
class KeyController {

    private final KeyIssue keys;
    private final Users users;

    KeyController(KeyIssue keys, Users users) {
        this.keys = keys;
        this.users = users;
    }

    record Key(UUID id, String name, String hint, UUID user_id, String user, String role, Instant created_at) {}

    record Page(List<Key> items, int total) {}

    @Operation(summary = "The team's keys", description = "Oldest first, each with whose it is. The keys themselves are not kept: `hint` is their end.")
    @GetMapping("/v2/keys")
    Page list(Caller caller) {
        var people = users.findByTeamId(caller.team().value()).stream().collect(Collectors.toMap(User::id, user -> user));
        var items = keys.of(caller.team()).stream().map(key -> of(key, people.get(key.user()))).toList();
        return new Page(items, items.size());
    }

    private static Key of(ApiKey key, User user) {
        return new Key(
                key.getId(), key.name(), key.hint(), key.user().value(), user.name(), user.role().word(), key.createdAt());
    }

    @Operation(
            summary = "Revoke a key of the team",
            description = "It opens nothing more within a few seconds, nor do the browsers that were signed in with it. Everybody may revoke "
                    + "keys of their own; those of others take an administrator.")
    @DeleteMapping("/v2/keys/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller caller) {
        var key = keys.find(ReadUuid.of("id", id), caller.team()).orElseThrow(() -> Problem.notFound("There is no key " + id + " in your team."));
        if (!key.user().equals(caller.user()) && !caller.role().covers(Role.ADMINISTRATOR)) {
            throw Problem.forbidden("Your role in this team is " + caller.role().word()
                    + "; revoking the key of somebody else takes administrator.");
        }
        keys.revoke(key);
    }
}

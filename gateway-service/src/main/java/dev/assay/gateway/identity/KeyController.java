// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.Uuids;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
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

    KeyController(KeyIssue keys) {
        this.keys = keys;
    }

    record Key(UUID id, String name, String hint, UUID user_id, Instant created_at) {}

    record Page(List<Key> items, int total) {}

    @Operation(summary = "The team's keys", description = "Oldest first. The keys themselves are not kept: `hint` is their end.")
    @GetMapping("/v2/keys")
    Page list(Caller caller) {
        var items = keys.of(caller.team()).stream()
                .map(key -> new Key(key.getId(), key.name(), key.hint(), key.user().value(), key.createdAt()))
                .toList();
        return new Page(items, items.size());
    }

    @Operation(summary = "Revoke a key of the team", description = "It opens nothing more within a few seconds.")
    @Admits(Role.MEMBER)
    @DeleteMapping("/v2/keys/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@PathVariable String id, Caller caller) {
        if (!keys.revoke(read(id), caller.team())) {
            throw Problem.notFound("There is no key " + id + " in your team.");
        }
    }

    private static UUID read(String id) {
        try {
            return Uuids.parse(id);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("id", e.getMessage());
        }
    }
}

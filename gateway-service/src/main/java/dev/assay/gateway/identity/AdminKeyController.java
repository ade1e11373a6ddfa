// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Admits(Role.OPERATOR)
@Tag(name = "Identity")
class AdminKeyController {

    private static final int LONGEST = 200;

    private final KeyIssue keys;

    AdminKeyController(KeyIssue keys) {
        this.keys = keys;
    }

    @Schema(example = "{\"team\": \"default\", \"name\": \"reader\", \"role\": \"viewer\"}")
    record KeyRequest(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = LONGEST, pattern = "\\S") @Nullable String team,
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = LONGEST, pattern = "\\S") @Nullable String name,
            @Schema(allowableValues = {"viewer", "member", "administrator"}) @Nullable String role) {}

    record IssuedKey(UUID id, String key, TeamId team_id, UserId user_id, String name, String role) {}

    @Operation(
            summary = "Make a key",
            description = "For the user `name` of the team `team`; both come to be if they are not there yet. The answer is the only one "
                    + "that ever shows the key. `role` says what the user may do from now on with every key; without it a user stays what "
                    + "it was, the first one of a team becomes its administrator and every other one a member. Needs the operator's token (ASSAY_ADMIN_TOKEN) as bearer.",
            security = @SecurityRequirement(name = "admin"))
    @PostMapping("/v2/admin/keys")
    @ResponseStatus(HttpStatus.CREATED)
    IssuedKey make(@RequestBody KeyRequest request) {
        var issued = keys.issue(named("team", request.team()), named("name", request.name()), role(request.role()));
        var key = issued.key();
        return new IssuedKey(key.getId(), issued.text().value(), key.team(), key.user(), key.name(), issued.role().word());
    }

    private static @Nullable Role role(@Nullable String name) {
        if (name == null) {
            return null;
        }
        return People.role(name).orElseThrow(() -> Problem.badRequest("role", "must be one of " + People.ROLES));
    }

    private static String named(String field, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw Problem.badRequest(field, "required");
        }
        if (value.length() > LONGEST) {
            throw Problem.badRequest(field, "longer than " + LONGEST + " characters");
        }
        if (value.indexOf('\0') >= 0) {
            throw Problem.badRequest(field, "holds a NUL character");
        }
        return value.strip();
    }
}

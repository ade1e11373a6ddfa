// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
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

    private final KeyIssue keys;
    private final Clock clock;

    AdminKeyController(KeyIssue keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    @Schema(example = "{\"team\": \"default\", \"name\": \"reader\", \"role\": \"viewer\"}")
    record KeyRequest(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = KeyRules.LONGEST_NAME, pattern = "\\S")
                    @Nullable String team,
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = KeyRules.LONGEST_NAME, pattern = "\\S")
                    @Nullable String name,
            @Schema(allowableValues = {"viewer", "member", "administrator"}) @Nullable String role,
            @ArraySchema(
                            arraySchema = @Schema(description = "What the key opens of what its user may; left out or empty: all."),
                            schema = @Schema(allowableValues = {"models", "telemetry", "read", "write", "admin"}))
                    @Nullable List<@Nullable String> scopes,
            @Schema(description = "When it opens nothing more; left out: it does not end by itself.", type = "string", format = "date-time")
                    @Nullable String expires_at) {}

    record IssuedKey(
            UUID id, String key, TeamId team_id, UserId user_id, String name, String role, List<String> scopes,
            @Nullable Instant expires_at) {}

    @Operation(
            summary = "Make a key",
            description = "For the user `name` of the team `team`; both come to be if they are not there yet. The answer is the only one "
                    + "that ever shows the key. `role` says what the user may do from now on with every key; without it a user stays what "
                    + "it was, the first one of a team becomes its administrator and every other one a member. Needs the operator's "
                    + "token (ASSAY_ADMIN_TOKEN) as bearer.",
            security = @SecurityRequirement(name = "admin"))
    @PostMapping("/v2/admin/keys")
    @ResponseStatus(HttpStatus.CREATED)
    IssuedKey make(@RequestBody KeyRequest request) {
        var wanted = new KeyIssue.Wanted(
                KeyRules.name("name", request.name()), KeyRules.scopes(request.scopes()),
                KeyRules.expiry(request.expires_at(), clock.instant()), null);
        var issued = keys.issue(KeyRules.name("team", request.team()), wanted, role(request.role()));
        var key = issued.key();
        return new IssuedKey(
                key.id(), issued.text().value(), key.team(), key.user(), key.name(), issued.user().role().word(), key.scopes().words(),
                key.expires());
    }

    private static @Nullable Role role(@Nullable String name) {
        if (name == null) {
            return null;
        }
        return People.role(name).orElseThrow(() -> Problem.badRequest("role", "must be one of " + People.ROLES));
    }
}

// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Admits(Role.VIEWER)
@Tag(name = "Identity")
class WhoAmIController {

    private final Teams teams;
    private final Users users;

    WhoAmIController(Teams teams, Users users) {
        this.teams = teams;
        this.users = users;
    }

    record WhoAmI(
            UserId user_id, TeamId team_id, String team, String user, String role,
            @Schema(description = "Null: none is known.") @Nullable String email,
            @Schema(description = "The key that was used, or that the browser was signed in with; null: none was.") @Nullable UUID key_id,
            @Schema(description = "What that key opens of what the role may; empty: all.") List<String> scopes,
            @Schema(description = "When that key ends; null: not by itself.") @Nullable Instant expires_at) {}

    @Operation(
            summary = "Whose key this is",
            description = "The same ids for as long as the key lives. `role` is `viewer` (may look), `member` (may also work: deploy, "
                    + "run, upload, call models) or `administrator` (may also change the model catalog, the team's members and the keys of "
                    + "others). Any key may ask this, whatever its scopes.")
    @GetMapping("/v2/auth/me")
    WhoAmI me(Caller caller) {
        var team = teams.findById(caller.team().value()).orElseThrow(() -> Problem.notFound("The key's team is gone."));
        var user = users.findById(caller.user().value()).orElseThrow(() -> Problem.notFound("The key's user is gone."));
        var holder = Entrant.current().map(Entrant::holder).orElseGet(() -> Holder.without(caller));
        return new WhoAmI(
                caller.user(), caller.team(), team.name(), user.name(), holder.caller().role().word(), user.email(), holder.key(),
                holder.scopes().words(),
                holder.expires());
    }
}

// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.TeamId;
import dev.assay.gateway.identity.SignInController.SignedIn;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.AdmitsAnybody;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.ReadUuid;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** How one may sign in, and into which of one's teams. */
@RestController
@Tag(name = "Identity")
class TeamsOfCallerController {

    private final OidcSettings settings;
    private final Teams teams;
    private final Places places;
    private final SignInCookie cookie;
    private final Browsers browsers;

    TeamsOfCallerController(OidcSettings settings, Teams teams, Places places, SignInCookie cookie, Browsers browsers) {
        this.settings = settings;
        this.teams = teams;
        this.places = places;
        this.cookie = cookie;
        this.browsers = browsers;
    }

    /** The provider whom people sign in with. */
    record Provider(String name, @Schema(description = "Where a browser goes, with `?to=` and a page of the console.") String path) {}

    record SignInWays(boolean key, @Schema(description = "Null: there is none.") @Nullable Provider oidc) {}

    record TeamOfCaller(TeamId team_id, String team, String role, boolean current) {}

    record TeamsOfCaller(List<TeamOfCaller> items, int total) {}

    @Schema(example = "{\"team_id\": \"3b241101-e2bb-4255-8caf-4136c566a962\"}")
    record TeamChoice(@Schema(requiredMode = Schema.RequiredMode.REQUIRED, format = "uuid") @Nullable String team_id) {}

    @Operation(
            summary = "How one may sign in",
            description = "With an API key (`POST /v2/auth/session`), and with the OpenID Connect provider if the operator has set one: a "
                    + "browser that is sent to its `path` comes back signed in.")
    @SecurityRequirements
    @AdmitsAnybody
    @GetMapping("/v2/auth/ways")
    SignInWays ways() {
        return new SignInWays(true, settings.on() ? new Provider(settings.name(), OidcLogin.BEGIN) : null);
    }

    @Operation(
            summary = "The teams of who is signed in",
            description = "A browser that signed in with the provider may go into each of them; a key is for its own team alone.")
    @Admits(Role.VIEWER)
    @GetMapping("/v2/auth/teams")
    TeamsOfCaller list(Caller caller, HttpServletRequest request) {
        var all = token(request) == null ? List.<Places.Membership>of() : places.of(String.valueOf(token(request)));
        if (all.isEmpty()) {
            var name = teams.findById(caller.team().value()).map(Team::name).orElseThrow(() -> Problem.notFound("The team is gone."));
            all = List.of(new Places.Membership(caller.team(), name, caller.role()));
        }
        var items = all.stream()
                .map(team -> new TeamOfCaller(team.team(), team.name(), team.role().word(), team.team().equals(caller.team())))
                .toList();
        return new TeamsOfCaller(items, items.size());
    }

    @Operation(
            summary = "Go into another team",
            description = "For a browser that signed in with the provider, for as long as it is signed in; it gets a new cookie.")
    @Admits(Role.VIEWER)
    @PostMapping("/v2/auth/team")
    @Refuses(status = 404, when = "The person is no member of such a team.")
    @Refuses(status = 409, when = "A key is used, or signed this browser in: it is for its own team alone.")
    SignedIn choose(@RequestBody TeamChoice choice, HttpServletRequest request, HttpServletResponse response) {
        if (choice.team_id() == null) {
            throw Problem.badRequest("team_id", "required");
        }
        var team = new TeamId(ReadUuid.of("team_id", choice.team_id()));
        var token = token(request);
        if (token == null || places.of(token).isEmpty()) {
            throw Problem.conflict("A key is for its own team alone. Sign in with the provider to go from one team to another.");
        }
        var opened = places.move(token, team)
                .orElseThrow(() -> Problem.notFound("You are no member of a team " + choice.team_id() + "."));
        cookie.set(request, response, opened.token().value(), opened.lifetime());
        response.setHeader("Cache-Control", "no-store");
        var who = opened.holder().caller();
        return new SignedIn(who.user(), who.team(), who.role().word(), opened.expires());
    }

    /** The token that speaks for this request; null: a key does. */
    private @Nullable String token(HttpServletRequest request) {
        return browsers.speakFor(request) ? cookie.read(request).orElse(null) : null;
    }
}

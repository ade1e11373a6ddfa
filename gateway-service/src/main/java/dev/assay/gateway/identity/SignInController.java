// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.gateway.routing.PublicAddress;
import dev.assay.kit.identity.AdmitsAnybody;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.AuthenticationException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@AdmitsAnybody
@Tag(name = "Identity")
class SignInController {

    private static final String BROWSERS = "X-Requested-With";

    private final SignIns signIns;
    private final SignInCookie cookie;
    private final Browsers browsers;
    private final Callers callers;
    private final Entrance entrance;
    private final PublicAddress address;

    SignInController(
            SignIns signIns, SignInCookie cookie, Browsers browsers, Callers callers, Entrance entrance, PublicAddress address) {
        this.signIns = signIns;
        this.cookie = cookie;
        this.browsers = browsers;
        this.callers = callers;
        this.entrance = entrance;
        this.address = address;
    }

    @Schema(example = "{\"key\": \"ask_…\"}")
    record SignInRequest(@Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, pattern = "\\S") @Nullable String key) {

        /** Keys do not slip into logs by way of a record's text form. */
        @Override
        public String toString() {
            return "SignInRequest";
        }
    }

    record SignedIn(UserId user_id, TeamId team_id, String role, Instant expires_at) {}

    @Operation(
            summary = "Sign a browser in",
            description = "Sets a cookie that stands for the key below `/v2` and for this document until it runs out, the browser signs "
                    + "out, or the key is revoked. No script can read it. Needs the header `X-Requested-With`, with any value, and comes "
                    + "from this origin's pages only.",
            parameters = @Parameter(
                    in = ParameterIn.HEADER, name = BROWSERS, required = true, schema = @Schema(type = "string"), example = "assay"))
    @Refuses(status = 401, when = "The key opens nothing.")
    @Refuses(status = 429, when = "Too many keys that nobody has came from your address.")
    @Refuses(status = 403, when = "The header is missing, or another origin's page asks.")
    @SecurityRequirements
    @PostMapping(path = "/v2/auth/session", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    SignedIn signIn(@RequestBody SignInRequest form, HttpServletRequest request, HttpServletResponse response) {
        refuseOtherOrigins(request);
        if (form.key() == null || form.key().isBlank()) {
            throw Problem.badRequest("key", "required");
        }
        var key = form.key().strip();
        Supplier<String> from = () -> address.ofClient(request);
        // Anybody may try, so nothing is held while the key is looked up: whoever had a connection and waited for others' keys would keep
        // it from the one whose turn it is.
        var holder = callers.person(key, from).orElseThrow(() -> refusal(callers.refusal(key, from)));
        entrance.follow(request, holder);
        var opened = signIns.open(holder, cookie.read(request).orElse(null));
        var caller = holder.caller();
        cookie.set(request, response, opened.token().value(), opened.lifetime());
        response.setHeader("Cache-Control", "no-store");
        return new SignedIn(caller.user(), caller.team(), caller.role().word(), opened.expires());
    }

    @Operation(
            summary = "Sign a browser out",
            description = "Its cookie opens nothing more, wherever else it may have got to. Also succeeds where nobody was signed in.",
            parameters = @Parameter(
                    in = ParameterIn.HEADER, name = BROWSERS, required = true, schema = @Schema(type = "string"), example = "assay"))
    @Refuses(status = 403, when = "The header `X-Requested-With` is missing, or another origin's page asks.")
    @SecurityRequirements
    @DeleteMapping("/v2/auth/session")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void signOut(HttpServletRequest request, HttpServletResponse response) {
        refuseOtherOrigins(request);
        cookie.read(request).ifPresent(token -> {
            entrance.follow(request, signIns.holder(token).orElse(null));
            signIns.close(token);
        });
        cookie.clear(request, response);
    }

    private static Problem refusal(AuthenticationException why) {
        var detail = String.valueOf(why.getMessage());
        return why instanceof LockedOutException lockedOut ? Problem.tooMany(detail, lockedOut.retryAfter()) : Problem.unauthorized(detail);
    }

    private void refuseOtherOrigins(HttpServletRequest request) {
        var refusal = browsers.refusal(request);
        if (refusal != null) {
            throw Problem.forbidden(refusal);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
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
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
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

    SignInController(SignIns signIns, SignInCookie cookie, Browsers browsers) {
        this.signIns = signIns;
        this.cookie = cookie;
        this.browsers = browsers;
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
                    + "out, or the key is revoked. "
                    + "No script can read it. Needs the header `X-Requested-With`, with any value, and comes from this origin's pages only.",
            parameters = @Parameter(in = ParameterIn.HEADER, name = BROWSERS, required = true, schema = @Schema(type = "string"), example = "assay"))
    @Refuses(status = 401, when = "The key opens nothing.")
    @Refuses(status = 403, when = "The header is missing, or another origin's page asks.")
    @SecurityRequirements
    @PostMapping(path = "/v2/auth/session", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    SignedIn signIn(@RequestBody SignInRequest form, HttpServletRequest request, HttpServletResponse response) {
        refuseOtherOrigins(request);
        if (form.key() == null || form.key().isBlank()) {
            throw Problem.badRequest("key", "required");
        }
        var opened = signIns.open(form.key().strip())
                .orElseThrow(() -> Problem.unauthorized("This API key is not valid here: it is mistyped, revoked, or another platform's."));
        // A browser has one sign-in: the token of before opens nothing more, also where somebody else put it there.
        cookie.read(request).ifPresent(signIns::close);
        cookie.set(request, response, opened.token().value(), opened.lifetime());
        response.setHeader("Cache-Control", "no-store");
        return new SignedIn(opened.caller().user(), opened.caller().team(), opened.caller().role().word(), opened.expires());
    }

    @Operation(
            summary = "Sign a browser out",
            description = "Its cookie opens nothing more, wherever else it may have got to. Also succeeds where nobody was signed in.",
            parameters = @Parameter(in = ParameterIn.HEADER, name = BROWSERS, required = true, schema = @Schema(type = "string"), example = "assay"))
    @Refuses(status = 403, when = "The header `X-Requested-With` is missing, or another origin's page asks.")
    @SecurityRequirements
    @DeleteMapping("/v2/auth/session")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void signOut(HttpServletRequest request, HttpServletResponse response) {
        refuseOtherOrigins(request);
        cookie.read(request).ifPresent(signIns::close);
        cookie.clear(request, response);
    }

    private void refuseOtherOrigins(HttpServletRequest request) {
        var refusal = browsers.refusal(request);
        if (refusal != null) {
            throw Problem.forbidden(refusal);
        }
    }
}

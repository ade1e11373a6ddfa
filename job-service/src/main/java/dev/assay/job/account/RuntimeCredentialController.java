// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.account;

import dev.assay.job.run.Told;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.sdk.protocol.RuntimeConfigShape;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** What a team enters so that its runs get sandboxes in its own account with a provider. */
@RestController
@Admits(Role.ADMINISTRATOR)
@Tag(name = "Runtimes", description = "Where runs get their sandboxes, beside the platform's own machines")
class RuntimeCredentialController {

    private static final int LONGEST = 4096;
    private static final int SHOWN = 4;

    /** What reads the same wherever a provider repeats it: so it is found, and masked. */
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_.-]+");

    /** Modal's tokens are two texts: the token's id and its secret. */
    private static final String MODAL = "modal";

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_.-]{8,}:[A-Za-z0-9_.-]{8,}");

    /** Of a shorter one the last characters would say too much. */
    private static final int SHORTEST = 16;

    private final RuntimeCredentials credentials;

    RuntimeCredentialController(RuntimeCredentials credentials) {
        this.credentials = credentials;
    }

    @JsonNaming(SnakeCaseStrategy.class)
    record RuntimeCredentialView(
            String runtime,
            @Schema(description = "Its last four characters. It is shown nowhere.") String hint,
            Instant enteredAt) {

        static RuntimeCredentialView of(RuntimeCredentials.Entered entered) {
            return new RuntimeCredentialView(entered.runtime(), entered.hint(), entered.enteredAt());
        }
    }

    record RuntimeCredentialList(List<RuntimeCredentialView> items) {}

    @Schema(example = "{\"credential\": \"e2b_…\"}")
    record WantedRuntimeCredential(
            @Schema(
                            description = "The API key of an account with that provider: 16 to 4096 letters, digits, '_', '-' and '.'; of `modal` a "
                                    + "token's id and its secret, at least eight characters each, with a colon between them.",
                            requiredMode = Schema.RequiredMode.REQUIRED)
                    @Nullable String credential) {

        @Override
        public String toString() {
            return "WantedRuntimeCredential[***]";
        }
    }

    @GetMapping("/v2/runtimes/credentials")
    @Operation(summary = "List the team's credentials for runtimes", description = "Without what they are. Takes an administrator.")
    RuntimeCredentialList list(Caller caller) {
        return new RuntimeCredentialList(credentials.of(caller.team()).stream().map(RuntimeCredentialView::of).toList());
    }

    @GetMapping("/v2/runtimes/{runtime}/credential")
    @Refuses(status = 404, when = "The team has none for it, or there is no such runtime.")
    @Operation(summary = "Look whether the team has a credential for a runtime", description = "It is not shown. Takes an administrator.")
    RuntimeCredentialView get(@PathVariable String runtime, Caller caller) {
        return find(known(runtime), caller);
    }

    @PutMapping("/v2/runtimes/{runtime}/credential")
    @Refuses(status = 404, when = "There is no such runtime that takes one.")
    @Operation(
            summary = "Enter the team's credential for a runtime",
            description = "Runs of the team whose runtime_config.runtime names it get their sandboxes in that account from then on. It is kept "
                    + "sealed, goes to the worker that has such a run and from there to the provider alone, and is never shown. "
                    + "One that was there is replaced. Takes an administrator.")
    RuntimeCredentialView enter(@PathVariable String runtime, Caller caller, @RequestBody WantedRuntimeCredential wanted) {
        var known = known(runtime);
        var credential = Told.required("credential", wanted.credential());
        boolean two = known.equals(MODAL);
        if (credential.length() < SHORTEST || credential.length() > LONGEST || !(two ? TOKEN : KEY).matcher(credential).matches()) {
            throw Problem.badRequest("credential", "must be " + SHORTEST + " to " + LONGEST + " letters, digits, '_', '-' and '.'"
                    + (two ? ", the token's id and its secret, at least eight each, with a colon between them: ak-…:as-…" : ""));
        }
        credentials.enter(caller.team(), known, credential, "…" + credential.substring(credential.length() - SHOWN));
        return find(known, caller);
    }

    @DeleteMapping("/v2/runtimes/{runtime}/credential")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Refuses(status = 404, when = "The team has none for it, or there is no such runtime.")
    @Operation(
            summary = "Take the team's credential for a runtime away",
            description = "Runs that have their sandbox keep it; those that are queued fail. Takes an administrator.")
    void delete(@PathVariable String runtime, Caller caller) {
        if (!credentials.delete(caller.team(), known(runtime))) {
            throw none(runtime);
        }
    }

    private RuntimeCredentialView find(String runtime, Caller caller) {
        return credentials.of(caller.team()).stream()
                .filter(one -> one.runtime().equals(runtime))
                .findFirst()
                .map(RuntimeCredentialView::of)
                .orElseThrow(() -> none(runtime));
    }

    private static Problem none(String runtime) {
        return Problem.notFound("The team has no credential for '" + runtime + "'.");
    }

    private static String known(String runtime) {
        if (!RuntimeConfigShape.OF_TEAMS_ACCOUNTS.contains(runtime)) {
            throw Problem.notFound("No runtime '" + runtime + "' takes a credential: those that do are "
                    + String.join(", ", RuntimeConfigShape.OF_TEAMS_ACCOUNTS) + ".");
        }
        return runtime;
    }
}

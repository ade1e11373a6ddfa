// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.worker;

import dev.assay.job.run.Told;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** What workers of other machines come with. */
@RestController
@Admits(Role.ADMINISTRATOR)
@RequestMapping("/v2/workers/credentials")
@Tag(name = "Workers")
class CredentialController {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,62}");

    private final Credentials credentials;
    private final WorkersSettings settings;

    CredentialController(Credentials credentials, WorkersSettings settings) {
        this.credentials = credentials;
        this.settings = settings;
    }

    @JsonNaming(SnakeCaseStrategy.class)
    record CredentialView(
            UUID id,
            @Schema(description = "The worker's: it is listed as enrolled/<name>.") String name,
            Instant createdAt,
            @Schema(description = "When a worker came with it last, give or take a minute.") @Nullable Instant usedAt) {}

    record CredentialList(List<CredentialView> items) {}

    @JsonNaming(SnakeCaseStrategy.class)
    record Made(UUID id, String name, @Schema(description = "Shown this once: only its hash is kept.") String credential) {}

    @Schema(example = "{\"name\": \"gpu-1\"}")
    record Wanted(
            @Schema(
                            description = "What the worker is to be called.",
                            requiredMode = Schema.RequiredMode.REQUIRED,
                            pattern = "^[a-z0-9][a-z0-9.-]{0,62}$")
                    @Nullable String name) {}

    @GetMapping
    @Operation(summary = "List the credentials of workers", description = "Those that open, without what they are." + WorkerController.MANAGERS)
    CredentialList list(Caller caller) {
        settings.requireManager(caller);
        return new CredentialList(credentials.all().stream()
                .map(one -> new CredentialView(one.id(), one.name(), one.createdAt(), one.usedAt()))
                .toList());
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Refuses(status = 409, when = "That worker has one: revoke it first.")
    @Operation(
            summary = "Make a credential for a worker",
            description = "With it (ASSAY_WORKER_CREDENTIAL) and job-service's address (ASSAY_JOB_URL) a worker works under that name, "
                    + "and no other can." + WorkerController.MANAGERS)
    Made make(Caller caller, @RequestBody Wanted wanted) {
        settings.requireManager(caller);
        var name = Told.requiredName("name", wanted.name());
        if (!NAME.matcher(name).matches()) {
            throw Problem.badRequest("name", "must be lower-case letters, digits, dots and dashes, at most 63, and begin with a letter or digit");
        }
        var made = credentials.make(name).orElseThrow(() -> Problem.conflict("name: worker '" + name + "' has a credential; revoke it first."));
        return new Made(made.id(), name, made.credential());
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Refuses(status = 404, when = "There is no such credential, or it was revoked before.")
    @Operation(
            summary = "Revoke a worker's credential",
            description = "What its worker holds is lost to it within two minutes, and goes to others." + WorkerController.MANAGERS)
    void revoke(Caller caller, @PathVariable UUID id) {
        settings.requireManager(caller);
        if (!credentials.revoke(id)) {
            throw Problem.notFound("There is no such credential.");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.RunId;
import dev.assay.gateway.routing.PublicAddress;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import dev.assay.kit.web.ReadUuid;
import dev.assay.kit.web.RunRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClientException;

/** Shows a run to others. */
@RestController
@Admits(Role.VIEWER)
@RequestMapping("/v2/trace/{id}/links")
@Tag(name = "traces")
class RunLinkController {

    private final RunLinks links;
    private final InternalRest rest;
    private final String jobs;
    private final PublicAddress address;
    private final Clock clock;

    RunLinkController(RunLinks links, InternalRest rest, @Value("${assay.job-url}") String jobs, PublicAddress address, Clock clock) {
        this.links = links;
        this.rest = rest;
        this.jobs = jobs;
        this.address = address;
        this.clock = clock;
    }

    @Schema(example = "{\"expires_at\": null}")
    record NewLink(
            @Schema(description = "When it opens nothing more; left out or null: it does not end by itself.", type = "string", format = "date-time", nullable = true)
                    @Nullable String expires_at) {}

    record LinkView(
            UUID id,
            @Schema(description = "How it ends, to tell it from others.") String hint,
            @Schema(description = "Who made it.") UUID user_id,
            Instant created_at,
            @Nullable Instant expires_at,
            @Schema(description = "Whether its time is over.") boolean expired) {

        static LinkView of(RunLink link, Instant now) {
            return new LinkView(link.id(), link.hint(), link.madeBy(), link.createdAt(), link.expires(), !link.isOpen(now));
        }
    }

    record Links(List<LinkView> items, int total) {}

    record MadeLink(
            UUID id, @Schema(description = "Shown this once: its end is the secret, of which only a hash is kept.") String url, String hint, Instant created_at,
            @Nullable Instant expires_at) {}

    @GetMapping
    @Operation(summary = "List a run's public links", description = "Those that were not revoked, the oldest first. Their addresses are not kept.")
    Links list(@PathVariable String id, Caller caller) {
        var run = own(id, caller);
        var items = links.of(caller.team(), run).stream().map(link -> LinkView.of(link, clock.instant())).toList();
        return new Links(items, items.size());
    }

    @PostMapping
    @Admits(Role.MEMBER)
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(
            summary = "Make a public link to a run",
            description = "Whoever has the address reads this run without signing in: its timeline, with all that its steps hold, and its grade; also what comes later. It opens "
                    + "nothing else, and changes nothing. It is the same as `Authorization: Bearer` with the secret behind the `#`.")
    @Refuses(status = 409, when = "The run has a hundred links.")
    @Refuses(status = 503, when = "Whether there is such a run cannot be looked up just now.")
    MadeLink make(
            @PathVariable String id, @RequestBody(required = false) @Nullable NewLink wanted, Caller caller,
            @Parameter(hidden = true) HttpServletRequest request) {
        var expires = wanted == null || wanted.expires_at() == null ? null : KeyRules.expiry(wanted.expires_at(), clock.instant());
        var run = own(id, caller);
        var secret = KeyText.random(KeyText.LINK_PREFIX);
        var link = links.make(caller, run, secret, expires);
        return new MadeLink(
                link.id(), address.of(request) + "/shared/" + run + "#" + secret.value(), link.hint(), link.createdAt(), link.expires());
    }

    @DeleteMapping("/{link}")
    @Admits(Role.MEMBER)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Revoke a public link to a run", description = "It opens nothing more within two seconds.")
    void revoke(
            @PathVariable String id, @Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String link, Caller caller) {
        links.revoke(caller, new RunId(RunRef.ofRun("id", id).id()), ReadUuid.of("link", link));
    }

    private RunId own(String id, Caller caller) {
        var run = new RunId(RunRef.ofRun("id", id).id());
        try {
            rest.forTeam(jobs, "job-service", caller.team()).get().uri("/v2/trace/{run}", run).retrieve().toBodilessEntity();
            return run;
        } catch (HttpClientErrorException.NotFound e) {
            throw Problem.notFound("There is no run " + run + ".");
        } catch (RestClientException e) {
            throw Problem.unavailable("Run " + run + " cannot be looked up just now. Try again.");
        }
    }
}

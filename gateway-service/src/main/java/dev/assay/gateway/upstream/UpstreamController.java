// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Upstreams as people see them, and those that a team enters for itself. */
@RestController
@Admits(Role.VIEWER)
@Tag(name = "Upstreams", description = "Who serves models")
class UpstreamController {

    private final Upstreams upstreams;
    private final EnteredUpstreams entered;
    private final UpstreamEntries entries;
    private final Looks looks;

    UpstreamController(Upstreams upstreams, EnteredUpstreams entered, UpstreamEntries entries, Looks looks) {
        this.upstreams = upstreams;
        this.entered = entered;
        this.entries = entries;
        this.looks = looks;
    }

    record UpstreamList(List<UpstreamView> items, int total) {}

    @Operation(
            summary = "List upstreams",
            description = "The team's own first, then everybody's, each with how it has answered within the last five minutes at the "
                    + "replica that answers. Credentials are never shown, nor where everybody's are.")
    @GetMapping("/v2/upstreams")
    UpstreamList list(Caller caller) {
        var items = Stream.concat(entries.of(caller.team()).stream(), upstreams.all().stream().map(known -> UpstreamView.of(known, false))).toList();
        return new UpstreamList(items, items.size());
    }

    @Operation(summary = "Get an upstream of the team")
    @GetMapping("/v2/upstreams/{id}")
    UpstreamView get(@Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller caller) {
        return entries.get(caller.team(), id);
    }

    @Admits(Role.ADMINISTRATOR)
    @PostMapping("/v2/upstreams")
    @ResponseStatus(HttpStatus.CREATED)
    @Refuses(status = 409, when = "The team has an upstream of that name, or as many as it may have.")
    @Operation(
            summary = "Enter an upstream",
            description = "Models of the catalog that name it as their provider are then asked there, with the team's own credential, "
                    + "and what it lists comes into the team's catalog. Its address has to be https and public, unless the operator "
                    + "allows others. Takes an administrator.")
    UpstreamView enter(Caller caller, @RequestBody UpstreamForm.Request request) {
        return entries.enter(caller, request);
    }

    @Admits(Role.ADMINISTRATOR)
    @PatchMapping("/v2/upstreams/{id}")
    @Refuses(status = 409, when = "The team has another upstream of that name, or somebody else changed it at the same time.")
    @Operation(
            summary = "Change an upstream",
            description = "What is left out stays. It is asked anew everywhere within two seconds. Takes an administrator.")
    UpstreamView change(
            @Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller caller,
            @RequestBody UpstreamForm.Request request) {
        return entries.change(caller, id, request);
    }

    @Admits(Role.ADMINISTRATOR)
    @DeleteMapping("/v2/upstreams/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Take an upstream away", description = "Its credential goes with it. Takes an administrator.")
    void delete(@Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller caller) {
        entries.delete(caller, id);
    }

    @Admits(Role.ADMINISTRATOR)
    @PostMapping("/v2/upstreams/{name}/probe")
    @Operation(
            summary = "Look whether an upstream answers",
            description = "By its name, the team's own before everybody's. It is asked for its models, or, where it lists none, for "
                    + "anything: nothing that costs. Within five seconds of another look that one is told. A failed look is no failed "
                    + "call; one that is answered lets calls in again. Takes an administrator.")
    UpstreamView.Health probe(@Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable String name, Caller caller) {
        var known = Stream.concat(entered.of(caller.team()).stream(), upstreams.all().stream())
                .filter(one -> one.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> Problem.notFound("There is no upstream '" + name + "', or it cannot be asked."));
        looks.probe(known);
        return UpstreamView.Health.of(known);
    }
}

// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.gateway.model.Everybody;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
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

/** Everybody's upstreams, as the operator sees them, and enters them beside those of the configuration. */
@RestController
@Admits(Role.OPERATOR)
@Tag(name = "Upstreams")
class AdminUpstreamController {

    private static final String TOKEN = " Needs the operator's token (ASSAY_ADMIN_TOKEN) as bearer.";

    private final Upstreams upstreams;
    private final UpstreamEntries entries;

    AdminUpstreamController(Upstreams upstreams, UpstreamEntries entries) {
        this.upstreams = upstreams;
        this.entries = entries;
    }

    @Operation(
            summary = "List everybody's upstreams",
            description = "Those that were entered here, then those of the configuration, which have no id." + TOKEN,
            security = @SecurityRequirement(name = "admin"))
    @GetMapping("/v2/admin/upstreams")
    UpstreamController.UpstreamList list() {
        var items = Stream.concat(
                        entries.of(Everybody.TEAM).stream(), upstreams.configured().stream().map(known -> UpstreamView.of(known, true)))
                .toList();
        return new UpstreamController.UpstreamList(items, items.size());
    }

    @Operation(
            summary = "Get an upstream of everybody's", description = "One that was entered here." + TOKEN,
            security = @SecurityRequirement(name = "admin"))
    @GetMapping("/v2/admin/upstreams/{id}")
    UpstreamView get(@Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id) {
        return entries.get(Everybody.TEAM, id);
    }

    @PostMapping("/v2/admin/upstreams")
    @ResponseStatus(HttpStatus.CREATED)
    @Refuses(status = 409, when = "There is one of that name, here or in the configuration, or there are as many as there may be.")
    @Operation(
            summary = "Enter an upstream for everybody",
            description = "As one of the configuration: its address is wherever the operator says, and what it lists, or `models` "
                    + "names, comes into everybody's catalog. All replicas ask it within two seconds." + TOKEN,
            security = @SecurityRequirement(name = "admin"))
    UpstreamView enter(Caller operator, @RequestBody UpstreamForm.Request request) {
        return entries.enter(operator, request);
    }

    @PatchMapping("/v2/admin/upstreams/{id}")
    @Refuses(
            status = 409,
            when = "There is another of that name, here or in the configuration, or somebody else changed it at the same time.")
    @Operation(
            summary = "Change an upstream of everybody's", description = "What is left out stays." + TOKEN,
            security = @SecurityRequirement(name = "admin"))
    UpstreamView change(
            @Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller operator,
            @RequestBody UpstreamForm.Request request) {
        return entries.change(operator, id, request);
    }

    @DeleteMapping("/v2/admin/upstreams/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Take an upstream of everybody's away", description = "Its credential goes with it, and its models leave the catalog." + TOKEN,
            security = @SecurityRequirement(name = "admin"))
    void delete(@Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller operator) {
        entries.delete(operator, id);
    }
}

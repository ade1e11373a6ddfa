// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.audit;

import dev.assay.contracts.TeamId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.Csv;
import dev.assay.kit.web.ReadUuid;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@RestController
@Tag(name = "Audit")
class AuditController {

    private static final int MOST = 500;
    private static final int UNLESS_SAID = 100;
    private static final String CSV = "text/csv";
    private static final String LINES = "application/x-ndjson";
    private static final List<String> COLUMNS = List.of(
            "id", "at", "team_id", "actor_kind", "actor_id", "actor", "key_id", "action", "object_kind", "object_id", "before", "after",
            "request_id", "address");

    private final AuditRows rows;
    private final JsonMapper json;

    AuditController(AuditRows rows, JsonMapper json) {
        this.rows = rows;
        this.json = json;
    }

    /** Who did something. */
    record Actor(
            @Schema(description = "viewer, member, administrator: a user of the team; operator; or service.") String kind,
            @Schema(description = "The user's; null: nobody of a team.") @Nullable UUID id,
            @Schema(description = "As it was then.") String name) {}

    /** What something was done to. */
    record Thing(String kind, String id) {}

    /** Something that was done. */
    record AuditEntry(
            long id,
            Instant at,
            @Nullable UUID team_id,
            Actor actor,
            @Schema(description = "The key that was used, or that the browser was signed in with; null: none.") @Nullable UUID key_id,
            @Schema(description = "The kind of thing, a dot and a verb: key.rotate, budget.set.") String action,
            Thing object,
            @Schema(description = "As it was; null: it was not there, or nobody can tell.", type = "object") @Nullable JsonNode before,
            @Schema(description = "As it is since; null: it is there no more. Of what another service serves: method, path and status.",
                            type = "object")
                    @Nullable JsonNode after,
            @Schema(description = "The answer's X-Request-Id.") @Nullable String request_id,
            @Schema(description = "The client's.") @Nullable String address) {}

    record AuditPage(
            List<AuditEntry> items,
            @Schema(description = "To be passed as `cursor` for those before; null: there are none.") @Nullable String next) {}

    @Operation(
            summary = "What was changed in the team",
            description = "Who changed what, from what to what, the latest first: whatever people change through this API, signing in "
                    + "and out included. Of what other services serve, method, path and status are taken down; what the client reports "
                    + "while it runs (spans, beginnings and ends of runs, submissions, sandboxes) is not. With `format=csv` or `ndjson`, "
                    + "or that in `Accept`, all that is asked for in one answer, whatever `limit` and `cursor` say. Nothing is ever "
                    + "changed or deleted here. Takes an administrator.",
            responses = @ApiResponse(responseCode = "200", description = "The entries, the latest first", content = {
                @Content(mediaType = "application/json", schema = @Schema(implementation = AuditPage.class)),
                @Content(mediaType = CSV, schema = @Schema(type = "string")),
                @Content(mediaType = LINES, schema = @Schema(type = "string"))
            }))
    @Admits(Role.ADMINISTRATOR)
    @GetMapping("/v2/audit")
    @Nullable AuditPage ofTeam(
            Caller caller,
            @Parameter(description = "What was changed: `kind`, or `kind:id`.", example = "key") @RequestParam(required = false)
                    @Nullable String object,
            @Parameter(description = "Who changed it: a user's id.", schema = @Schema(type = "string", format = "uuid"))
                    @RequestParam(required = false)
                    @Nullable String person,
            @RequestParam(required = false) @Nullable String action,
            @Parameter(schema = @Schema(type = "string", format = "date-time")) @RequestParam(required = false) @Nullable String from,
            @Parameter(description = "The first moment that counts no more.", schema = @Schema(type = "string", format = "date-time"))
                    @RequestParam(required = false)
                    @Nullable String to,
            @Parameter(schema = @Schema(type = "integer", minimum = "1", maximum = "500")) @RequestParam(required = false)
                    @Nullable Integer limit,
            @Parameter(description = "`next` of the page before.", schema = @Schema(type = "string", pattern = "^[0-9]{1,18}$"))
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(schema = @Schema(type = "string", allowableValues = {"json", "csv", "ndjson"})) @RequestParam(required = false)
                    @Nullable String format,
            @Parameter(hidden = true) @RequestHeader(name = "Accept", required = false) @Nullable String accept,
            HttpServletResponse response)
            throws IOException {
        return answer(AuditQuery.of(caller.team(), object, person, action, from, to), limit, cursor, format(format, accept), response);
    }

    @Operation(
            summary = "What was changed anywhere",
            description = "The same over all teams, with what is of none. Needs the operator's token (ASSAY_ADMIN_TOKEN) as bearer.",
            security = @SecurityRequirement(name = "admin"),
            responses = @ApiResponse(responseCode = "200", description = "The entries, the latest first", content = {
                @Content(mediaType = "application/json", schema = @Schema(implementation = AuditPage.class)),
                @Content(mediaType = CSV, schema = @Schema(type = "string")),
                @Content(mediaType = LINES, schema = @Schema(type = "string"))
            }))
    @Admits(Role.OPERATOR)
    @GetMapping("/v2/admin/audit")
    @Nullable AuditPage ofAll(
            @Parameter(schema = @Schema(type = "string", format = "uuid")) @RequestParam(required = false) @Nullable String team,
            @Parameter(description = "What was changed: `kind`, or `kind:id`.", example = "key") @RequestParam(required = false)
                    @Nullable String object,
            @Parameter(description = "Who changed it: a user's id.", schema = @Schema(type = "string", format = "uuid"))
                    @RequestParam(required = false)
                    @Nullable String person,
            @RequestParam(required = false) @Nullable String action,
            @Parameter(schema = @Schema(type = "string", format = "date-time")) @RequestParam(required = false) @Nullable String from,
            @Parameter(description = "The first moment that counts no more.", schema = @Schema(type = "string", format = "date-time"))
                    @RequestParam(required = false)
                    @Nullable String to,
            @Parameter(schema = @Schema(type = "integer", minimum = "1", maximum = "500")) @RequestParam(required = false)
                    @Nullable Integer limit,
            @Parameter(description = "`next` of the page before.", schema = @Schema(type = "string", pattern = "^[0-9]{1,18}$"))
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(schema = @Schema(type = "string", allowableValues = {"json", "csv", "ndjson"})) @RequestParam(required = false)
                    @Nullable String format,
            @Parameter(hidden = true) @RequestHeader(name = "Accept", required = false) @Nullable String accept,
            HttpServletResponse response)
            throws IOException {
        var of = team == null ? null : new TeamId(ReadUuid.of("team", team));
        return answer(AuditQuery.of(of, object, person, action, from, to), limit, cursor, format(format, accept), response);
    }

    private @Nullable AuditPage answer(
            AuditQuery query, @Nullable Integer limit, @Nullable String cursor, String format, HttpServletResponse response)
            throws IOException {
        if (!format.equals("json")) {
            export(query, format.equals("csv"), response);
            return null;
        }
        var most = limit == null ? UNLESS_SAID : limit;
        if (most < 1 || most > MOST) {
            throw Problem.badRequest("limit", "must be from 1 to " + MOST);
        }
        if (cursor != null && !cursor.matches("[0-9]{1,18}")) {
            throw Problem.badRequest("cursor", "is none that a list of these entries gave");
        }
        var found = rows.page(query, cursor == null ? null : Long.valueOf(cursor), most + 1);
        var shown = found.subList(0, Math.min(most, found.size()));
        return new AuditPage(shown.stream().map(this::entry).toList(), found.size() > most ? String.valueOf(shown.getLast().id()) : null);
    }

    private static String format(@Nullable String format, @Nullable String accept) {
        if (format == null) {
            return accept == null ? "json" : accept.startsWith(CSV) ? "csv" : accept.startsWith(LINES) ? "ndjson" : "json";
        }
        if (!List.of("json", "csv", "ndjson").contains(format)) {
            throw Problem.badRequest("format", "must be json, csv or ndjson");
        }
        return format;
    }

    /** Written as it is read: it may be long, and nothing of it is kept here. */
    private void export(AuditQuery query, boolean csv, HttpServletResponse response) throws IOException {
        var page = rows.page(query, null, MOST);
        response.setContentType((csv ? CSV : LINES) + ";charset=UTF-8");
        response.setHeader("Content-Disposition", "attachment; filename=\"audit." + (csv ? "csv" : "ndjson") + "\"");
        var out = new BufferedWriter(new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8));
        if (csv) {
            out.write(Csv.line(COLUMNS) + "\r\n");
        }
        while (!page.isEmpty()) {
            for (var row : page) {
                out.write(csv ? Csv.line(cells(row)) + "\r\n" : json.writeValueAsString(entry(row)) + "\n");
            }
            out.flush();
            page = page.size() < MOST ? List.of() : rows.page(query, page.getLast().id(), MOST);
        }
        out.flush();
    }

    private static List<@Nullable Object> cells(AuditRows.Row row) {
        return Arrays.asList(
                row.id(), row.at(), row.team(), row.actorKind(), row.actorId(), row.actor(), row.key(), row.action(), row.objectKind(),
                row.objectId(), row.before(), row.after(), row.requestId(), row.address());
    }

    private AuditEntry entry(AuditRows.Row row) {
        return new AuditEntry(
                row.id(), row.at(), row.team(), new Actor(row.actorKind(), row.actorId(), row.actor()), row.key(), row.action(),
                new Thing(row.objectKind(), row.objectId()), tree(row.before()), tree(row.after()), row.requestId(), row.address());
    }

    private @Nullable JsonNode tree(@Nullable String text) {
        return text == null ? null : json.readTree(text);
    }
}

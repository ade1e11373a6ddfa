// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.contracts.TeamId;
import dev.assay.gateway.budget.Money;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.ReadUuid;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

@RestController
@Admits(Role.VIEWER)
@Tag(name = "Usage")
class CallController {

    private static final int MOST = 1000;
    private static final int UNLESS_SAID = 100;
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> ENDINGS = List.of("done", "failed", "gone", "late", "cut", "drained", "lost");

    private final JdbcClient jdbc;

    CallController(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A model call that ended. */
    record Call(
            UUID id,
            @Schema(description = "When it began.") Instant at,
            @Nullable UUID key_id,
            @Nullable UUID user_id,
            @Nullable UUID run_id,
            @Schema(description = "The run as the caller named it, where the team has none of that name.") @Nullable String run_ref,
            @Nullable UUID job_id,
            @Nullable Integer attempt,
            @Schema(description = "chat, responses, messages or gemini.") String dialect,
            @Schema(description = "generate, count_tokens or embed.") String operation,
            @Schema(description = "The model as the call named it.") String asked_model,
            String model,
            @Schema(description = "The model as its upstream says it is.") @Nullable String served_model,
            @Nullable String upstream,
            @Schema(description = "That the client got; 499: it had left. 0: nobody knows.") int status,
            @Schema(description = "done, failed, gone (its client left), late, cut (its run's attempt ended), drained (the gateway stops), "
                            + "lost (the gateway died).")
                    String ending,
            @Nullable String error,
            @Schema(description = "How often an upstream was asked.") int attempts,
            @Schema(description = "Each that was asked, in order, why it does not count, and what it used and cost: of all of them "
                            + "together the call's numbers are. Null where one was asked, and answered.")
                    @Nullable List<CallRow.Tried> tries,
            boolean streamed,
            @Nullable Long first_byte_ms,
            long total_ms,
            long bytes_in,
            long bytes_out,
            @Nullable Long input_tokens,
            @Nullable Long cached_tokens,
            @Nullable Long cache_write_tokens,
            @Nullable Long output_tokens,
            @Nullable Long reasoning_tokens,
            @Nullable Long image_tokens,
            @Schema(description = "Whether nobody told the usage, and this is a guess.") boolean estimated,
            @Schema(description = "By which price; that of whoever was asked last.") @Nullable String price,
            @Schema(description = "Null: nobody knows the price, of all or of one try.") @Nullable BigDecimal cost_usd,
            @Schema(description = "At which service tier it was served (flex, priority); null: the usual one.")
                    @Nullable String service_tier,
            @Schema(description = "Which checkpoint of a model that is trained here answered; null: its first weights, or no such model.")
                    @Nullable String checkpoint,
            @Nullable String finish,
            @Nullable String request_id) {

        static Call read(ResultSet row, int number) throws SQLException {
            var cost = row.getObject("cost_nanos", Long.class);
            return new Call(
                    row.getObject("id", UUID.class),
                    row.getObject("at", OffsetDateTime.class).toInstant(),
                    row.getObject("key_id", UUID.class),
                    row.getObject("user_id", UUID.class),
                    row.getObject("run_id", UUID.class),
                    row.getString("run_ref"),
                    row.getObject("job_id", UUID.class),
                    row.getObject("attempt", Integer.class),
                    row.getString("dialect"),
                    row.getString("operation"),
                    row.getString("asked_model"),
                    row.getString("model"),
                    row.getString("served_model"),
                    row.getString("upstream"),
                    row.getInt("status"),
                    row.getString("ending"),
                    row.getString("error"),
                    row.getInt("attempts"),
                    readTries(row.getString("tries")),
                    row.getBoolean("streamed"),
                    row.getObject("first_ms", Long.class),
                    row.getLong("total_ms"),
                    row.getLong("bytes_in"),
                    row.getLong("bytes_out"),
                    row.getObject("input", Long.class),
                    row.getObject("cached", Long.class),
                    row.getObject("cache_write", Long.class),
                    row.getObject("output", Long.class),
                    row.getObject("reasoning", Long.class),
                    row.getObject("images", Long.class),
                    row.getBoolean("estimated"),
                    row.getString("price"),
                    cost == null ? null : Money.dollars(cost),
                    row.getString("service_tier"),
                    row.getString("checkpoint"),
                    row.getString("finish"),
                    row.getString("request_id"));
        }
    }

    private static @Nullable List<CallRow.Tried> readTries(@Nullable String json) {
        return json == null ? null : List.of(JSON.readValue(json, CallRow.Tried[].class));
    }

    record CallPage(
            List<Call> items,
            @Schema(description = "To be passed as `cursor` for those before; null: there are none.") @Nullable String next) {}

    @Operation(
            summary = "The team's model calls",
            description = "Those that ended, the latest first, however they ended. A call stands here within a second of its end.")
    @GetMapping("/v2/calls")
    CallPage list(
            Caller caller,
            @Parameter(schema = @Schema(type = "string", format = "uuid")) @RequestParam(required = false) @Nullable String run,
            @Parameter(schema = @Schema(type = "string", format = "uuid")) @RequestParam(required = false) @Nullable String job,
            @Parameter(schema = @Schema(type = "string", format = "uuid")) @RequestParam(required = false) @Nullable String key,
            @RequestParam(required = false) @Nullable String model,
            @Parameter(schema = @Schema(type = "string", allowableValues = {"done", "failed", "gone", "late", "cut", "drained", "lost"}))
                    @RequestParam(required = false)
                    @Nullable String ending,
            @Parameter(schema = @Schema(type = "string", format = "uuid"), description = "`next` of the page before.")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(schema = @Schema(type = "integer", minimum = "1", maximum = "1000")) @RequestParam(required = false)
                    @Nullable Integer limit) {
        var most = limit == null ? UNLESS_SAID : limit;
        if (most < 1 || most > MOST) {
            throw Problem.badRequest("limit", "must be from 1 to " + MOST);
        }
        var where = new ArrayList<String>(List.of("team_id = :team"));
        var values = new LinkedHashMap<String, Object>(Map.of("team", caller.team().value()));
        equal(where, values, "run_id", CallQueries.uuid("run", run));
        equal(where, values, "job_id", CallQueries.uuid("job", job));
        equal(where, values, "key_id", CallQueries.uuid("key", key));
        equal(where, values, "model", CallQueries.text("model", model));
        if (ending != null && !ENDINGS.contains(ending)) {
            throw Problem.badRequest("ending", "must be one of " + String.join(", ", ENDINGS));
        }
        equal(where, values, "ending", ending);
        var before = CallQueries.uuid("cursor", cursor);
        if (before != null) {
            where.add("(at, id) < (:at, :before)");
            values.put("at", at(caller.team(), before).atOffset(ZoneOffset.UTC));
            values.put("before", before);
        }
        var rows = jdbc.sql("select * from calls where " + String.join(" and ", where) + " order by at desc, id desc limit " + (most + 1))
                .params(values)
                .query(Call::read)
                .list();
        var shown = rows.subList(0, Math.min(most, rows.size()));
        return new CallPage(shown, rows.size() > most ? shown.getLast().id().toString() : null);
    }

    @Operation(
            summary = "One model call",
            description = "By the id that stands in lists, or in the answer's `x-request-id` where the client sent none.")
    @GetMapping("/v2/calls/{id}")
    Call one(@Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller caller) {
        return jdbc.sql("select * from calls where id = :id and team_id = :team")
                .param("id", ReadUuid.of("id", id))
                .param("team", caller.team().value())
                .query(Call::read)
                .optional()
                .orElseThrow(() -> Problem.notFound("There is no call " + id + " of your team."));
    }

    private Instant at(TeamId team, UUID call) {
        return jdbc.sql("select at from calls where id = :id and team_id = :team")
                .param("id", call)
                .param("team", team.value())
                .query((row, number) -> row.getObject("at", OffsetDateTime.class).toInstant())
                .optional()
                .orElseThrow(() -> Problem.badRequest("cursor", "is none that a list of these calls gave"));
    }

    private static void equal(List<String> where, Map<String, Object> values, String column, @Nullable Object value) {
        if (value != null) {
            where.add(column + " = :" + column);
            values.put(column, value);
        }
    }
}

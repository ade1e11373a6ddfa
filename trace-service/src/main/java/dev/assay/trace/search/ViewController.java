// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.search;

import dev.assay.contracts.TeamId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.text.StorableText;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Searches that a team keeps. */
@RestController
@Admits(Role.VIEWER)
@Tag(name = "search")
class ViewController {

    private static final String NAME = "^[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}$";
    private static final int LONGEST = 4_000;
    private static final int MOST = 200;

    private final JdbcClient jdbc;
    private final Clock clock;

    ViewController(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    @Schema(example = "{\"query\": \"tool=bash&error=permission+denied&reward_max=0.2\"}")
    record WantedView(
            @Schema(
                            requiredMode = Schema.RequiredMode.REQUIRED,
                            maxLength = LONGEST,
                            description = "The parameters of `/v2/runs/search`, as they stand in its address; without `cursor` and `limit`.")
                    @Nullable String query) {}

    @JsonNaming(SnakeCaseStrategy.class)
    record SavedView(String name, String query, Instant savedAt) {

        static SavedView read(ResultSet row, int number) throws SQLException {
            return new SavedView(row.getString("name"), row.getString("query"), row.getObject("saved_at", OffsetDateTime.class).toInstant());
        }
    }

    record SavedViews(List<SavedView> items) {}

    @GetMapping("/v2/views")
    @Operation(summary = "List your team's saved views", description = "All of them, by name.")
    SavedViews list(Caller caller) {
        return new SavedViews(jdbc.sql("select * from saved_view where team = :team order by name")
                .param("team", caller.team().value())
                .query(SavedView::read)
                .list());
    }

    @GetMapping("/v2/views/{name}")
    @Operation(summary = "Read a saved view")
    SavedView get(Caller caller, @Parameter(schema = @Schema(type = "string", pattern = NAME)) @PathVariable String name) {
        return find(caller.team(), name);
    }

    @PutMapping("/v2/views/{name}")
    @Admits(Role.MEMBER)
    @Operation(
            summary = "Save a view",
            description = "Under a name that all of the team see; what had that name is replaced. At most " + MOST + " a team.")
    @Refuses(status = 409, when = "The team has as many as it may: delete one first.")
    SavedView save(
            Caller caller,
            @Parameter(schema = @Schema(type = "string", pattern = NAME)) @PathVariable String name,
            @RequestBody WantedView wanted) {
        if (!name.matches(NAME)) {
            throw Problem.badRequest("name", "must begin with a letter or digit, and have at most 80 letters, digits, blanks, dots, dashes and underscores");
        }
        if (wanted.query() == null || wanted.query().length() > LONGEST) {
            throw Problem.badRequest("query", "must have between 1 and " + LONGEST + " characters");
        }
        RunFilter.ofQuery("query", wanted.query());
        var saved = jdbc.sql("""
                insert into saved_view (team, name, query, saved_at) select :team, :name, :query, :now
                where (select count(*) from saved_view where team = :team and name <> :name) < :most
                on conflict (team, name) do update set query = excluded.query, saved_at = excluded.saved_at""")
                .param("team", caller.team().value())
                .param("name", name)
                .param("query", wanted.query())
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .param("most", MOST)
                .update();
        if (saved == 0) {
            throw Problem.conflict("name: the team has " + MOST + " views already: delete one first.");
        }
        return find(caller.team(), name);
    }

    @DeleteMapping("/v2/views/{name}")
    @Admits(Role.MEMBER)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Delete a saved view")
    void delete(Caller caller, @Parameter(schema = @Schema(type = "string", pattern = NAME)) @PathVariable String name) {
        var deleted = jdbc.sql("delete from saved_view where team = :team and name = :name")
                .param("team", caller.team().value())
                .param("name", StorableText.of(name))
                .update();
        if (deleted == 0) {
            throw notThere();
        }
    }

    private SavedView find(TeamId team, String name) {
        return jdbc.sql("select * from saved_view where team = :team and name = :name")
                .param("team", team.value())
                .param("name", StorableText.of(name))
                .query(SavedView::read)
                .optional()
                .orElseThrow(ViewController::notThere);
    }

    private static Problem notThere() {
        return Problem.notFound("There is no view of that name.");
    }
}

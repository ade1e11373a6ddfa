// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.project;

import dev.assay.contracts.EnvironmentName;
import dev.assay.contracts.TeamId;
import dev.assay.environment.listing.Names;
import dev.assay.environment.listing.Page;
import dev.assay.environment.listing.Window;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.problem.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The projects of teams. A team's default project is made when somebody first looks. */
@Component
@Transactional
public class ProjectDirectory {

    private static final String DEFAULT = "default";

    private final Projects projects;
    private final JdbcClient jdbc;
    private final Clock clock;

    ProjectDirectory(Projects projects, JdbcClient jdbc, Clock clock) {
        this.projects = projects;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * The project that was asked for, or the team's default.
     *
     * @throws Problem 404 if the team has no such project
     */
    public Project choose(Caller caller, @Nullable ProjectId id) {
        return id == null ? defaultOf(caller) : require(caller.team(), id);
    }

    Project require(TeamId team, ProjectId id) {
        return projects.findByTeamIdAndId(team.value(), id.value()).orElseThrow(() -> Problem.notFound("There is no project " + id + "."));
    }

    Project create(Caller caller, @Nullable String typed, @Nullable String description) {
        var name = EnvironmentName.of(Names.require("name", typed)).value();
        if (description != null && !Names.isStorable(description)) {
            throw Problem.badRequest("description", "holds characters that cannot be stored");
        }
        defaultOf(caller);
        var created = insert(caller, name, description, false);
        var project = projects.findByTeamIdAndName(caller.team().value(), name).orElseThrow();
        if (!created && !project.isRepeatedBy(caller.user().value(), description, clock.instant())) {
            throw Problem.conflict("There is a project '" + name + "' already.");
        }
        return project;
    }

    /** A project as lists show it: a long description is cut, and says so. */
    record Summary(long seq, UUID id, String name, @Nullable String description, boolean isDefault, Instant createdAt) {}

    /** Oldest first, but an equal one has the first place: so it is behind no cursor, and all others are behind a cursor at it. */
    Page<Summary> list(Caller caller, @Nullable String search, Window window) {
        defaultOf(caller);
        var team = caller.team().value();
        var wanted = search == null || search.isBlank() ? "" : EnvironmentName.of(search).value();
        var page = jdbc.sql("""
                        select seq, id, name, is_default, created_at,
                            case when length(description) > :longest
                                then left(description, :longest) || ' … (' || length(description) || ' characters in all)'
                                else description end as description
                        from projects
                        where team_id = :team and strpos(name, :search) > 0
                            and (name <> :search, seq) > (
                                coalesce((select name <> :search from projects where team_id = :team and seq = :after), false), :after)
                        order by name <> :search, seq limit :limit offset :offset""")
                .param("team", team)
                .param("search", wanted)
                .param("after", window.after())
                .param("limit", window.limit() + 1)
                .param("offset", window.offset())
                .param("longest", Page.LONGEST_TEXT)
                .query(ProjectDirectory::summary)
                .list();
        return Page.of(page, Summary::seq, projects.count(team, wanted), window);
    }

    private Project defaultOf(Caller caller) {
        var team = caller.team().value();
        return projects.findDefault(team).orElseGet(() -> {
            insert(caller, DEFAULT, null, true);
            return projects.findDefault(team).orElseThrow();
        });
    }

    /** Two requests may come at once: the second waits for the first and then does nothing. */
    private boolean insert(Caller caller, String name, @Nullable String description, boolean isDefault) {
        return jdbc.sql("""
                        insert into projects (id, team_id, name, description, is_default, created_by, created_at)
                        values (:id, :team, :name, :description, :isDefault, :user, :now)
                        on conflict do nothing""")
                        .param("id", UUID.randomUUID())
                        .param("team", caller.team().value())
                        .param("name", name)
                        .param("description", description)
                        .param("isDefault", isDefault)
                        .param("user", caller.user().value())
                        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                        .update()
                == 1;
    }

    private static Summary summary(ResultSet row, int n) throws SQLException {
        return new Summary(
                row.getLong("seq"),
                row.getObject("id", UUID.class),
                row.getString("name"),
                row.getString("description"),
                row.getBoolean("is_default"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }
}

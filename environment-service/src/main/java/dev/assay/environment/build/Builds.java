// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.EnvironmentId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import dev.assay.environment.listing.Window;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Builds as people ask for them. */
@Component
class Builds {

    private static final String SELECT = """
            select b.id, b.environment_id, e.name, b.version_id, v.number, b.status, b.error_message, v.manifest, b.attempt,
                   b.created_at, b.started_at, b.finished_at
            from builds b join versions v on v.id = b.version_id join environments e on e.id = b.environment_id
            """;

    private final JdbcClient jdbc;

    Builds(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<Build> find(BuildId id, TeamId team) {
        return jdbc.sql(SELECT + "where b.id = :id and b.team_id = :team")
                .param("id", id.value())
                .param("team", team.value())
                .query(Builds::build)
                .optional();
    }

    List<Build> list(TeamId team, @Nullable EnvironmentId environment, Window window) {
        return jdbc.sql(SELECT + """
                        where b.team_id = :team and (cast(:environment as uuid) is null or b.environment_id = cast(:environment as uuid))
                        order by b.created_at desc, b.id limit :limit offset :offset""")
                .param("team", team.value())
                .param("environment", environment == null ? null : environment.value())
                .param("limit", window.limit())
                .param("offset", window.offset())
                .query(Builds::build)
                .list();
    }

    long count(TeamId team, @Nullable EnvironmentId environment) {
        return jdbc.sql("""
                        select count(*) from builds
                        where team_id = :team and (cast(:environment as uuid) is null or environment_id = cast(:environment as uuid))""")
                .param("team", team.value())
                .param("environment", environment == null ? null : environment.value())
                .query(Long.class)
                .single();
    }

    void add(NewBuild build, Instant now) {
        jdbc.sql("""
                        insert into builds (id, team_id, environment_id, version_id, status, no_cache, build_args, created_at)
                        values (:id, :team, :environment, :version, 'IN_PROGRESS', :noCache, :buildArgs, :now)""")
                .param("id", build.id.value())
                .param("team", build.team.value())
                .param("environment", build.environment.value())
                .param("version", build.version.value())
                .param("noCache", build.noCache)
                .param("buildArgs", build.sealedBuildArgs)
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
    }

    record NewBuild(
            BuildId id, TeamId team, EnvironmentId environment, VersionId version, boolean noCache, @Nullable String sealedBuildArgs) {}

    private static Build build(ResultSet row, int n) throws SQLException {
        return new Build(
                new BuildId(row.getObject("id", UUID.class)),
                new EnvironmentId(row.getObject("environment_id", UUID.class)),
                row.getString("name"),
                new VersionId(row.getObject("version_id", UUID.class)),
                row.getInt("number"),
                BuildStatus.valueOf(row.getString("status")),
                row.getString("error_message"),
                row.getString("manifest"),
                row.getInt("attempt"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                instant(row.getObject("started_at", OffsetDateTime.class)),
                instant(row.getObject("finished_at", OffsetDateTime.class)));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}

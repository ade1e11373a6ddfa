// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.EnvironmentId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import dev.assay.environment.listing.Page;
import dev.assay.environment.listing.Window;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Builds as people ask for them. */
@Component
class Builds {

    /** A build, and at most so much of its texts. */
    private static final String SELECT = """
            select b.seq, b.id, b.environment_id, e.name, b.version_id, v.number, b.status, b.attempt, b.created_at, b.started_at, b.finished_at,
                extract(epoch from coalesce(b.finished_at, now()) - b.created_at) as seconds,
                case when b.status = 'IN_PROGRESS' and (b.lease_until is null or b.lease_until <= now()) then b.engine end as waiting,
                case when length(b.error_message) > :longest
                    then left(b.error_message, :longest) || ' … (' || length(b.error_message) || ' characters in all)'
                    else b.error_message end as error_message,
                case when octet_length(v.manifest) <= :largest then v.manifest end as manifest,
                coalesce(octet_length(v.manifest) > :largest, false) as without_manifest
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
                .param("longest", Integer.MAX_VALUE)
                .param("largest", Integer.MAX_VALUE)
                .query(Builds::build)
                .optional();
    }

    /** What a build wants of whoever takes it; empty: it is in somebody's hands, or over. */
    Optional<EngineNeed> waits(BuildId id) {
        return jdbc.sql("select engine from builds where id = :id and status = 'IN_PROGRESS' and lease_until is null")
                .param("id", id.value())
                .query((row, n) -> EngineNeed.valueOf(row.getString("engine")))
                .optional();
    }

    /** One more than the window's limit, if there are so many. */
    List<Build> list(TeamId team, @Nullable EnvironmentId environment, Window window) {
        return jdbc.sql(SELECT + """
                        where b.id in (
                            select id from builds where %s and seq < :before order by seq desc limit :limit offset :offset)
                        order by b.seq desc""".formatted(environment == null ? "team_id = :team" : "environment_id = :environment"))
                .param("team", team.value())
                .param("environment", environment == null ? null : environment.value())
                .param("before", window.before())
                .param("limit", window.limit() + 1)
                .param("offset", window.offset())
                .param("longest", Page.LONGEST_TEXT)
                .param("largest", Page.LARGEST_PART)
                .query(Builds::build)
                .list();
    }

    /** Each version has one build, and an environment knows how many it has. */
    long count(TeamId team, @Nullable EnvironmentId environment) {
        return jdbc.sql("""
                        select coalesce(sum(last_number), 0) from environments
                        where team_id = :team and (cast(:environment as uuid) is null or id = cast(:environment as uuid))""")
                .param("team", team.value())
                .param("environment", environment == null ? null : environment.value())
                .query(Long.class)
                .single();
    }

    void add(NewBuild build) {
        jdbc.sql("""
                        insert into builds (id, team_id, environment_id, version_id, status, no_cache, engine, build_args, build_secrets, created_at)
                        values (:id, :team, :environment, :version, 'IN_PROGRESS', :noCache, :engine, :buildArgs, :buildSecrets, now())""")
                .param("id", build.id.value())
                .param("team", build.team.value())
                .param("environment", build.environment.value())
                .param("version", build.version.value())
                .param("noCache", build.noCache)
                .param("engine", build.engine.name())
                .param("buildArgs", build.sealedBuildArgs)
                .param("buildSecrets", build.sealedBuildSecrets)
                .update();
    }

    record NewBuild(
            BuildId id, TeamId team, EnvironmentId environment, VersionId version, boolean noCache, EngineNeed engine, @Nullable String sealedBuildArgs,
            @Nullable String sealedBuildSecrets) {}

    private static Build build(ResultSet row, int n) throws SQLException {
        return new Build(
                row.getLong("seq"),
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
                instant(row.getObject("finished_at", OffsetDateTime.class)),
                row.getDouble("seconds"),
                row.getString("waiting") == null ? null : EngineNeed.valueOf(row.getString("waiting")),
                row.getBoolean("without_manifest") ? List.of("manifest") : List.of());
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}

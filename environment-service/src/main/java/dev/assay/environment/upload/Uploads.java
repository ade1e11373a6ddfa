// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.upload;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.TeamId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Which contexts may come, and which have come. Grants run out by the database's time, as leases do. */
@Component
public class Uploads {

    private final JdbcClient jdbc;

    Uploads(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What was uploaded for a build; null content: nothing yet.
     *
     * @param recipe whether it has one of an image, or nobody has looked
     */
    public record Upload(BuildId build, @Nullable String sha256, long size, boolean recipe, boolean triggered) {}

    /** The upload of a build that the team may trigger, locked until the transaction ends; empty if the team has none such. */
    public Optional<Upload> lock(BuildId build, TeamId team) {
        return jdbc.sql("""
                        select build_id, context_sha256, context_size, recipe, triggered_at from uploads
                        where build_id = :build and team_id = :team for update""")
                .param("build", build.value())
                .param("team", team.value())
                .query(Uploads::upload)
                .optional();
    }

    /** From now on the build's context stays as it is. */
    public void triggered(BuildId build) {
        jdbc.sql("update uploads set triggered_at = now() where build_id = :build")
                .param("build", build.value())
                .update();
    }

    void grant(BuildId build, TeamId team, String grantSha256, Duration lifetime) {
        jdbc.sql("""
                        insert into uploads (build_id, team_id, grant_sha256, expires_at)
                        values (:build, :team, :grant, now() + make_interval(secs => :lifetime))""")
                .param("build", build.value())
                .param("team", team.value())
                .param("grant", grantSha256)
                .param("lifetime", lifetime.toMillis() / 1000.0)
                .update();
    }

    /** The build that the grant is for; empty if there is no such grant, or no longer. */
    Optional<Upload> granted(String grantSha256) {
        return jdbc.sql("""
                        select build_id, context_sha256, context_size, recipe, triggered_at from uploads
                        where grant_sha256 = :grant and expires_at > now()""")
                .param("grant", grantSha256)
                .query(Uploads::upload)
                .optional();
    }

    private static Upload upload(ResultSet row, int number) throws SQLException {
        return new Upload(
                new BuildId(row.getObject("build_id", UUID.class)),
                row.getString("context_sha256"),
                row.getLong("context_size"),
                row.getObject("recipe", Boolean.class) != Boolean.FALSE,
                row.getObject("triggered_at") != null);
    }

    /** @return false if the build was triggered meanwhile */
    boolean received(BuildId build, String sha256, long size, boolean recipe) {
        return jdbc.sql("""
                        update uploads set context_sha256 = :sha256, context_size = :size, recipe = :recipe
                        where build_id = :build and triggered_at is null""")
                        .param("sha256", sha256)
                        .param("size", size)
                        .param("recipe", recipe)
                        .param("build", build.value())
                        .update()
                == 1;
    }

    /** Whoever else wants to know or to change whether a context is in use waits until the transaction ends. */
    void lockContext(String sha256) {
        jdbc.sql("select pg_advisory_xact_lock(hashtext('context'), hashtext(:sha256))").param("sha256", sha256).query().singleRow();
    }

    boolean uses(String sha256) {
        return jdbc.sql("select exists (select from uploads where context_sha256 = :sha256)")
                .param("sha256", sha256)
                .query(Boolean.class)
                .single();
    }

    List<String> unused(List<String> contexts) {
        if (contexts.isEmpty()) {
            return List.of();
        }
        return jdbc.sql("""
                        select sha256 from unnest(:contexts) as sha256
                        where not exists (select from uploads where context_sha256 = sha256)""")
                .param("contexts", contexts.toArray(String[]::new))
                .query(String.class)
                .list();
    }

    /** Forgets grants that ran out so long ago and were never used for a build. */
    int forgetGrants(Duration after) {
        return jdbc.sql("""
                        delete from uploads where triggered_at is null and expires_at < now() - make_interval(secs => :after)""")
                .param("after", after.toMillis() / 1000.0)
                .update();
    }
}

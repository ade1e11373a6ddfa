// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.contracts.TeamId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table of upstreams that teams have entered. */
@Repository
class TeamUpstreamStore {

    private final JdbcClient jdbc;

    TeamUpstreamStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<TeamUpstream> of(TeamId team) {
        return jdbc.sql("select * from upstreams where team_id = :team order by lower(name)")
                .param("team", team.value())
                .query(TeamUpstreamStore::row)
                .list();
    }

    Optional<TeamUpstream> find(TeamId team, UUID id) {
        return jdbc.sql("select * from upstreams where team_id = :team and id = :id")
                .param("team", team.value())
                .param("id", id)
                .query(TeamUpstreamStore::row)
                .optional();
    }

    /**
     * @param most a team may have so many
     * @return whether there was room
     * @throws org.springframework.dao.DuplicateKeyException if the team has one of that name
     */
    boolean insert(TeamUpstream one, int most) {
        return values(jdbc.sql("""
                insert into upstreams (id, team_id, name, preset, base_url, region, credential, hint, enabled, created_at, updated_at, version)
                select :id, :team, :name, :preset, :baseUrl, :region, :credential, :hint, :enabled, :createdAt, :updatedAt, :version
                where (select count(*) from upstreams where team_id = :team) < :most"""), one).param("most", most).update() > 0;
    }

    /** Whether it was still of the version before. */
    boolean update(TeamUpstream one) {
        return values(jdbc.sql("""
                update upstreams set name = :name, preset = :preset, base_url = :baseUrl, region = :region, credential = :credential, hint = :hint,
                enabled = :enabled, updated_at = :updatedAt, version = :version
                where id = :id and team_id = :team and version = :version - 1"""), one).update() > 0;
    }

    boolean delete(TeamId team, UUID id) {
        return jdbc.sql("delete from upstreams where team_id = :team and id = :id").param("team", team.value()).param("id", id).update() > 0;
    }

    private static JdbcClient.StatementSpec values(JdbcClient.StatementSpec statement, TeamUpstream one) {
        return statement.param("id", one.id())
                .param("team", one.team().value())
                .param("name", one.name())
                .param("preset", one.preset())
                .param("baseUrl", one.baseUrl())
                .param("region", one.region())
                .param("credential", one.credential())
                .param("hint", one.hint())
                .param("enabled", one.enabled())
                .param("createdAt", Timestamp.from(one.createdAt()))
                .param("updatedAt", Timestamp.from(one.updatedAt()))
                .param("version", one.version());
    }

    private static TeamUpstream row(ResultSet row, int number) throws SQLException {
        return new TeamUpstream(
                row.getObject("id", UUID.class),
                new TeamId(row.getObject("team_id", UUID.class)),
                row.getString("name"),
                row.getString("preset"),
                row.getString("base_url"),
                row.getString("region"),
                row.getString("credential"),
                row.getString("hint"),
                row.getBoolean("enabled"),
                row.getTimestamp("created_at").toInstant(),
                row.getTimestamp("updated_at").toInstant(),
                row.getLong("version"));
    }
}
